package io.segue.connectors.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_PNG_COMPRESSION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_RGB2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Encodes RGB pixels, 8 bits, rows from the top, {@code [height, width, 3]}, between position and
 * limit of a direct buffer, which is left as it was. Thread-safe.
 */
public final class ImageEncoder {
  private ImageEncoder() {}

  /**
   * A baseline JPEG.
   *
   * @param quality 1 to 100
   */
  public static byte[] encodeJpeg(ByteBuffer rgb, int width, int height, int quality) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException(
          "JPEG quality %d; it goes from 1 to 100".formatted(quality));
    }
    return encode(rgb, width, height, ".jpg", IMWRITE_JPEG_QUALITY, quality);
  }

  /** A PNG, compressed for speed rather than size. */
  public static byte[] encodePng(ByteBuffer rgb, int width, int height) {
    return encode(rgb, width, height, ".png", IMWRITE_PNG_COMPRESSION, 1);
  }

  private static byte[] encode(
      ByteBuffer rgb, int width, int height, String format, int parameter, int value) {
    if (!rgb.isDirect() || rgb.remaining() != (long) width * height * 3) {
      throw new IllegalArgumentException(
          "%s buffer of %d bytes; %d×%d pixels are a direct one of %d"
              .formatted(
                  rgb.isDirect() ? "direct" : "heap",
                  rgb.remaining(),
                  width,
                  height,
                  (long) width * height * 3));
    }
    try (BytePointer pixels = new BytePointer(rgb.slice());
        Mat source = new Mat(height, width, CV_8UC3, pixels);
        Mat bgr = new Mat();
        BytePointer encoded = new BytePointer();
        IntPointer parameters = new IntPointer(parameter, value)) {
      cvtColor(source, bgr, COLOR_RGB2BGR);
      if (!imencode(format, bgr, encoded, parameters)) {
        throw new IllegalStateException(
            "%d×%d pixels cannot be encoded as %s".formatted(width, height, format));
      }
      byte[] bytes = new byte[(int) encoded.limit()];
      encoded.get(bytes);
      return bytes;
    }
  }
}
