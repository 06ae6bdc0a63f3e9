package io.segue.model.data;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Label PNGs as TensorFlow's decoder needs them. It turns a palette into the luminance of its
 * colours and stretches 1, 2 and 4 bits to the range of 8; both would change class indices.
 */
final class GreyLabels {
  private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int DEPTH_AT = 24;
  private static final int COLOUR_TYPE_AT = 25;
  private static final int GREY = 0;
  private static final int INDEXED = 3;

  private GreyLabels() {}

  /**
   * The same indices as an 8-bit grey PNG.
   *
   * @throws InvalidExampleException if the bytes are no PNG with one value a pixel
   */
  static byte[] of(String sourceId, byte[] png) {
    if (png.length <= COLOUR_TYPE_AT || ByteBuffer.wrap(png).getLong() != PNG_SIGNATURE) {
      throw new InvalidExampleException(
          sourceId, "label of %d bytes is not a PNG".formatted(png.length));
    }
    int depth = png[DEPTH_AT];
    int type = png[COLOUR_TYPE_AT];
    if (type == GREY && depth == 8) {
      return png;
    }
    if ((type != GREY && type != INDEXED) || depth > 8) {
      throw new InvalidExampleException(
          sourceId,
          "label is a PNG of colour type %d with %d bits; write class indices as an indexed or grey PNG of up to 8 bits"
              .formatted(type, depth));
    }
    try {
      return grey(png);
    } catch (IOException | RuntimeException e) {
      throw new InvalidExampleException(sourceId, "label is a damaged PNG", e);
    }
  }

  private static byte[] grey(byte[] png) throws IOException {
    Raster indices = raster(png);
    int width = indices.getWidth();
    int height = indices.getHeight();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    int[] samples = indices.getSamples(0, 0, width, height, 0, (int[]) null);
    image.getRaster().setSamples(0, 0, width, height, 0, samples);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private static Raster raster(byte[] png) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
    ImageReader reader = readers.next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(in, true, true);
      return reader.read(0).getRaster();
    } finally {
      reader.dispose();
    }
  }
}
