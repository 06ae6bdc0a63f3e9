package io.segue.connectors.image;

import io.segue.model.config.Taxonomy;
import io.segue.schemas.avro.DeadLetterCause;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Masks as 8-bit PNGs and back, without loss: the byte of a pixel is its class index.
 *
 * <p>An indexed PNG carries the colours of the taxonomy, so that any viewer shows it; a grey one is
 * what training tools read. Decoding takes both, with 1, 2, 4 or 8 bits a pixel, and returns the
 * indices themselves, never colours. Thread-safe.
 */
public final class MaskCodec {
  private static final int PALETTE_SIZE = 256;

  /**
   * 1 is the fastest deflate level that compresses: masks are long runs, more effort gains little.
   */
  private static final float FASTEST = 8f / 9;

  private static final ColorModel GREY =
      new ComponentColorModel(
          ColorSpace.getInstance(ColorSpace.CS_GRAY),
          false,
          false,
          ColorModel.OPAQUE,
          DataBuffer.TYPE_BYTE);

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
    return write(indices, width, height, new IndexColorModel(8, PALETTE_SIZE, palette, 0, false));
  }

  /**
   * A grey PNG whose values are the class indices.
   *
   * @param indices as for {@link #encode}
   * @throws IllegalArgumentException if the buffer does not hold width × height bytes
   */
  public static byte[] encodeGrey(ByteBuffer indices, int width, int height) {
    return write(indices, width, height, GREY);
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
      int[] samples = raster.getSamples(0, 0, width, height, 0, (int[]) null);
      byte[] indices = new byte[samples.length];
      for (int i = 0; i < samples.length; i++) {
        indices[i] = (byte) samples[i];
      }
      return new DecodedMask(width, height, indices);
    } catch (IOException | RuntimeException e) {
      throw ImageException.notAnImage("PNG is damaged: " + e.getMessage());
    } finally {
      reader.dispose();
    }
  }

  private static byte[] write(ByteBuffer indices, int width, int height, ColorModel colours) {
    if (width < 1 || height < 1 || indices.remaining() != (long) width * height) {
      throw new IllegalArgumentException(
          "%d bytes for an image of %d×%d pixels".formatted(indices.remaining(), width, height));
    }
    byte[] pixels = new byte[indices.remaining()];
    indices.get(indices.position(), pixels);
    WritableRaster raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(pixels, pixels.length), width, height, width, 1, new int[1], null);
    BufferedImage image = new BufferedImage(colours, raster, false, null);
    ImageWriter writer =
        ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(image), "png").next();
    ByteArrayOutputStream png = new ByteArrayOutputStream(4096);
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      options.setCompressionQuality(FASTEST);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), options);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to be written", e);
    } finally {
      writer.dispose();
    }
    return png.toByteArray();
  }
}
