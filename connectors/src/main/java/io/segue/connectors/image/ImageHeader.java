package io.segue.connectors.image;

import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.ImageEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What an encoded image says about itself, read without decoding a pixel: a few hundred bytes are
 * looked at, none is allocated for.
 *
 * <p>Accepted are JPEG (baseline, extended and progressive Huffman, 8 bits, grey or three
 * components) and PNG (any, but animated). The size is that of the stored pixels: an EXIF
 * orientation is ignored here and in {@link ImageDecoder}.
 *
 * @param encoding JPEG or PNG
 * @param width pixels, 1 or more
 * @param height pixels, 1 or more
 */
public record ImageHeader(ImageEncoding encoding, int width, int height) {

  /** Reads a header within {@link ImageLimits#DEFAULT}. */
  public static ImageHeader read(ByteBuffer encoded) {
    return read(encoded, ImageLimits.DEFAULT);
  }

  /**
   * Reads the header of the image between position and limit; the buffer is left as it was.
   *
   * @throws ImageException EMPTY_PAYLOAD, NOT_AN_IMAGE, UNSUPPORTED_IMAGE (another format,
   *     animated, CMYK, arithmetic coding), IMAGE_TRUNCATED (ends before its size is known) or
   *     IMAGE_TOO_LARGE
   */
  public static ImageHeader read(ByteBuffer encoded, ImageLimits limits) {
    ByteBuffer bytes = encoded.slice();
    ImageHeader header =
        switch (encodingOf(bytes)) {
          case JPEG -> JpegStructure.header(bytes);
          case PNG -> PngStructure.header(bytes);
          case UNKNOWN -> throw new IllegalStateException("encodingOf never says UNKNOWN");
        };
    limits.check(header.width, header.height);
    return header;
  }

  /** Tells the format by the first bytes. */
  private static ImageEncoding encodingOf(ByteBuffer bytes) {
    if (bytes.remaining() == 0) {
      throw new ImageException(
          DeadLetterCause.EMPTY_PAYLOAD, "payload of 0 bytes; check the producer");
    }
    if (JpegStructure.startsLike(bytes)) {
      return ImageEncoding.JPEG;
    }
    if (PngStructure.startsLike(bytes)) {
      return ImageEncoding.PNG;
    }
    byte[] start = new byte[Math.min(12, bytes.remaining())];
    bytes.get(0, start);
    String magic = new String(start, StandardCharsets.ISO_8859_1);
    throw otherFormat(magic, bytes.remaining());
  }

  private static ImageException otherFormat(String magic, int length) {
    String name = "";
    if (magic.startsWith("GIF8")) {
      name = "GIF";
    } else if (magic.startsWith("RIFF") && magic.endsWith("WEBP")) {
      name = "WebP";
    } else if (magic.startsWith("II*\0") || magic.startsWith("MM\0*")) {
      name = "TIFF";
    } else if (magic.startsWith("BM")) {
      name = "BMP";
    } else if (magic.startsWith("\0\0\0\fjP  ")) {
      name = "JPEG 2000";
    } else if (magic.startsWith("ftyp", 4)) {
      name = "HEIF or AVIF";
    }
    return name.isEmpty()
        ? ImageException.notAnImage(
            "payload of %d bytes begins like no image; frames are JPEG or PNG".formatted(length))
        : ImageException.unsupported(
            "payload is a %s image; frames are JPEG or PNG".formatted(name));
  }
}
