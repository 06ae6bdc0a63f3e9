package io.segue.connectors.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2RGB;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.ImageEncoding;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Decodes a JPEG or PNG into memory of the caller. Either every pixel is in the buffer or there is
 * an exception: an image that breaks off is refused instead of being filled up with grey. What no
 * structure gives away, such as bytes of a JPEG's entropy-coded data that were changed in place,
 * passes as an odd picture.
 *
 * <p>Pixels are 8-bit RGB, rows from the top, {@code [height, width, 3]}; grey becomes three equal
 * channels, alpha is dropped, 16 bits keep the high byte, EXIF orientation is ignored. JPEG values
 * may differ by a few levels from those of another decoder. Thread-safe; works on the calling
 * thread alone.
 */
public final class ImageDecoder {
  private static final int CHANNELS = 3;

  static {
    // A pool of threads decodes frames already; OpenCV's own would only fight it for the cores.
    opencv_core.setNumThreads(1);
  }

  private ImageDecoder() {}

  /**
   * Decodes within {@link ImageLimits#DEFAULT}.
   *
   * @see #decodeRgb(ByteBuffer, ByteBuffer, ImageLimits)
   */
  public static ImageHeader decodeRgb(ByteBuffer encoded, ByteBuffer directOut) {
    return decodeRgb(encoded, directOut, ImageLimits.DEFAULT);
  }

  /**
   * Decodes the image between position and limit of {@code encoded} to the position of {@code
   * directOut} and on. Neither buffer's position moves.
   *
   * @param encoded heap or direct
   * @param directOut direct, with room for width × height × 3 bytes
   * @return what the header says, so that a caller who guessed the size can check it
   * @throws ImageException for the reasons of {@link ImageHeader#read(ByteBuffer, ImageLimits)},
   *     and IMAGE_TRUNCATED or NOT_AN_IMAGE if not all pixels can be decoded; what the buffer holds
   *     is then undefined
   * @throws IllegalArgumentException if the buffer is not direct or too small
   */
  public static ImageHeader decodeRgb(
      ByteBuffer encoded, ByteBuffer directOut, ImageLimits limits) {
    ByteBuffer bytes = encoded.slice();
    ImageHeader header = ImageHeader.read(bytes, limits);
    int size = header.width() * header.height() * CHANNELS;
    if (!directOut.isDirect() || directOut.remaining() < size) {
      throw new IllegalArgumentException(
          "%s buffer with room for %d bytes; %d×%d pixels need a direct one of %d"
              .formatted(
                  directOut.isDirect() ? "direct" : "heap",
                  directOut.remaining(),
                  header.width(),
                  header.height(),
                  size));
    }
    requireComplete(header.encoding(), bytes);
    decode(bytes, header, directOut.slice());
    return header;
  }

  private static void requireComplete(ImageEncoding encoding, ByteBuffer bytes) {
    if (encoding == ImageEncoding.JPEG) {
      JpegStructure.requireComplete(bytes);
    } else {
      PngStructure.requireComplete(bytes);
    }
  }

  private static void decode(ByteBuffer bytes, ImageHeader header, ByteBuffer out) {
    try (BytePointer in = pointer(bytes);
        Mat input = new Mat(1, bytes.remaining(), CV_8UC1, in);
        Mat bgr = imdecode(input, IMREAD_COLOR | IMREAD_IGNORE_ORIENTATION);
        BytePointer outPointer = new BytePointer(out);
        Mat rgb = new Mat(header.height(), header.width(), CV_8UC3, outPointer)) {
      if (bgr.empty()) {
        throw ImageException.notAnImage(
            "%s of %d bytes and %d×%d pixels cannot be decoded: its data are damaged"
                .formatted(header.encoding(), bytes.remaining(), header.width(), header.height()));
      }
      if (bgr.rows() != header.height() || bgr.cols() != header.width()) {
        throw new ImageException(
            DeadLetterCause.IMAGE_SIZE_MISMATCH,
            "%s header says %d×%d pixels, its data hold %d×%d"
                .formatted(
                    header.encoding(), header.width(), header.height(), bgr.cols(), bgr.rows()));
      }
      cvtColor(bgr, rgb, COLOR_BGR2RGB);
    }
  }

  /** A pointer to the bytes: those of a direct buffer themselves, those of a heap buffer copied. */
  private static BytePointer pointer(ByteBuffer bytes) {
    if (bytes.isDirect()) {
      return new BytePointer(bytes);
    }
    BytePointer copy = new BytePointer(bytes.remaining());
    copy.asBuffer().put(bytes.duplicate());
    return copy;
  }
}
