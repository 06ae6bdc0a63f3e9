package io.segue.connectors.image;

import io.segue.model.config.Taxonomy;
import io.segue.schemas.avro.DeadLetterCause;
import java.nio.ByteBuffer;

/**
 * Masks as 8-bit PNGs and back, without loss: the byte of a pixel is its class index.
 *
 * <p>An indexed PNG carries the colours of the taxonomy, so that any viewer shows it; a grey one is
 * what training tools read. Decoding takes both, with 1, 2, 4 or 8 bits a pixel, and returns the
 * indices themselves, never colours. Thread-safe.
 *
 * <p>Rows are stored as differences to the row above and deflated at the fastest level: masks are
 * mostly vertical runs, for which this is smaller and several times faster than the default.
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
    return new PngWriter(width, height, PngStructure.INDEXED)
        .chunk(PngStructure.PLTE, palette, palette.length)
        .pixels(indices)
        .end();
  }

  /**
   * A grey PNG whose values are the class indices.
   *
   * @param indices as for {@link #encode}
   * @throws IllegalArgumentException if the buffer does not hold width × height bytes
   */
  public static byte[] encodeGrey(ByteBuffer indices, int width, int height) {
    return new PngWriter(width, height, PngStructure.GREY).pixels(indices).end();
  }

  /** Decodes within {@link ImageLimits#DEFAULT}. */
  public static DecodedMask decode(byte[] png) {
    return decode(ByteBuffer.wrap(png), ImageLimits.DEFAULT);
  }

  /**
   * Decodes an indexed or grey PNG between position and limit; the buffer is left as it was.
   *
   * @throws ImageException for the reasons of {@link ImageHeader#read(ByteBuffer, ImageLimits)};
   *     UNSUPPORTED_IMAGE for a JPEG, colour, 16 bits or interlacing; IMAGE_TRUNCATED or
   *     NOT_AN_IMAGE if not every pixel is there
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
    return PngIndexReader.read(bytes);
  }
}
