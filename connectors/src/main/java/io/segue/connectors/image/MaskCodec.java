package io.segue.connectors.image;

import io.segue.model.config.Taxonomy;
import io.segue.schemas.avro.DeadLetterCause;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Masks as 8-bit PNGs and back, without loss: the byte of a pixel is its class index.
 *
 * <p>An indexed PNG carries the colours of the taxonomy, so that any viewer shows it; a grey one is
 * what training tools read. Decoding takes both, with 1, 2, 4 or 8 bits a pixel, and returns the
 * indices themselves, never colours. Thread-safe.
 */
public final class MaskCodec {
  private static final int PALETTE_SIZE = 256;

  private MaskCodec() {}

  /**
   * An indexed PNG with the colours of the taxonomy; values outside it are black.
   *
   * @param indices {@code [height, width]} unsigned bytes between position and limit, heap or
   *     direct; left as it was
   * @throws IllegalArgumentException if the buffer does not hold width × height bytes
   */
  public static byte[] encode(ByteBuffer indices, int width, int height, Taxonomy taxonomy) {
    byte[] palette = new byte[3 * PALETTE_SIZE];
    for (int i = 0; i < taxonomy.size(); i++) {
      int rgb = taxonomy.classes().get(i).rgb();
      palette[3 * i] = (byte) (rgb >> 16);
      palette[3 * i + 1] = (byte) (rgb >> 8);
      palette[3 * i + 2] = (byte) rgb;
    }
    return write(indices, width, height, PngStructure.INDEXED, palette);
  }

  /**
   * A grey PNG whose values are the class indices.
   *
   * @param indices as for {@link #encode}
   * @throws IllegalArgumentException if the buffer does not hold width × height bytes
   */
  public static byte[] encodeGrey(ByteBuffer indices, int width, int height) {
    return write(indices, width, height, PngStructure.GREY, new byte[0]);
  }

  /**
   * A mask with the size and the colours of another, however large that is.
   *
   * @param like an indexed or grey PNG between position and limit; left as it was
   * @param indices as for {@link #encode}
   * @throws IllegalArgumentException if the buffer does not hold as many bytes as the other has
   *     pixels
   */
  public static byte[] encodeLike(ByteBuffer like, ByteBuffer indices) {
    ByteBuffer bytes = like.slice();
    ImageHeader header = ImageHeader.read(bytes, ImageLimits.NONE);
    byte[] palette = PngStructure.palette(bytes);
    int colourType = palette.length == 0 ? PngStructure.GREY : PngStructure.INDEXED;
    return write(indices, header.width(), header.height(), colourType, palette);
  }

  /** Decodes within {@link ImageLimits#DEFAULT}. */
  public static DecodedMask decode(byte[] png) {
    return decode(ByteBuffer.wrap(png), ImageLimits.DEFAULT);
  }

  /**
   * Decodes an indexed or grey PNG between position and limit; the buffer is left as it was.
   *
   * @throws ImageException for the reasons of {@link ImageHeader#read(ByteBuffer, ImageLimits)};
   *     UNSUPPORTED_IMAGE for a JPEG, colour or 16 bits; IMAGE_TRUNCATED or NOT_AN_IMAGE if not
   *     every pixel is there
   */
  public static DecodedMask decode(ByteBuffer png, ImageLimits limits) {
    ByteBuffer bytes = png.slice();
    ImageHeader header = ImageHeader.read(bytes, limits);
    switch (header.encoding()) {
      case PNG -> {}
      case JPEG, UNKNOWN ->
          throw new ImageException(
              DeadLetterCause.UNSUPPORTED_IMAGE,
              "mask is a %s, which changes class indices; send an indexed or grey PNG"
                  .formatted(header.encoding()));
    }
    requireIndices(PngStructure.requireComplete(bytes));
    return read(bytes);
  }

  private static void requireIndices(PngStructure.Header header) {
    boolean oneChannel =
        header.colourType() == PngStructure.GREY || header.colourType() == PngStructure.INDEXED;
    if (!oneChannel || header.bitDepth() > 8) {
      throw ImageException.unsupported(
          "PNG of colour type %d, %d bits holds no class indices; send an indexed or grey PNG of up to 8 bits"
              .formatted(header.colourType(), header.bitDepth()));
    }
  }

  private static DecodedMask read(ByteBuffer png) {
    byte[] bytes = new byte[png.remaining()];
    png.get(png.position(), bytes);
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      Raster raster = reader.read(0).getRaster();
      int width = raster.getWidth();
      int height = raster.getHeight();
      byte[] indices = (byte[]) raster.getDataElements(0, 0, width, height, null);
      return new DecodedMask(width, height, indices);
    } catch (IOException | RuntimeException e) {
      throw ImageException.notAnImage("PNG is damaged: " + e.getMessage());
    } finally {
      reader.dispose();
    }
  }

  private static byte[] write(
      ByteBuffer indices, int width, int height, int colourType, byte[] palette) {
    if (width < 1 || height < 1 || indices.remaining() != (long) width * height) {
      throw new IllegalArgumentException(
          "%d bytes for an image of %d×%d pixels".formatted(indices.remaining(), width, height));
    }
    return PngWriter.write(indices, width, height, colourType, palette);
  }
}
