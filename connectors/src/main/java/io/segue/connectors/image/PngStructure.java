package io.segue.connectors.image;

import io.segue.schemas.avro.ImageEncoding;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG (ISO/IEC 15948): its header, and whether it is all there and as it was
 * written.
 */
final class PngStructure {
  private static final long SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504C5445;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454E44;
  private static final int ACTL = 0x6163544C;

  static final int GREY = 0;
  static final int INDEXED = 3;

  private static final int CHUNK_BYTES = 12;

  private final ByteBuffer bytes;
  private int at = Long.BYTES;

  private PngStructure(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * The fields of the first chunk.
   *
   * @param bitDepth 1, 2, 4, 8 or 16
   * @param colourType 0 grey, 2 RGB, 3 indexed, 4 grey with alpha, 6 RGB with alpha
   */
  record Header(int width, int height, int bitDepth, int colourType) {}

  static boolean startsLike(ByteBuffer bytes) {
    return bytes.remaining() >= Long.BYTES && bytes.getLong(0) == SIGNATURE;
  }

  /** Size, after a look at every chunk before the pixels: an animation says so there. */
  static ImageHeader header(ByteBuffer bytes) {
    PngStructure png = new PngStructure(bytes);
    Header header = png.headerChunk();
    while (true) {
      png.require(png.at + Long.BYTES, "its pixels");
      int type = bytes.getInt(png.at + Integer.BYTES);
      if (type == ACTL) {
        throw ImageException.unsupported("animated PNG; send one image a frame");
      }
      if (type == IDAT) {
        return new ImageHeader(ImageEncoding.PNG, header.width, header.height);
      }
      if (type == IEND) {
        throw ImageException.notAnImage("PNG without pixels");
      }
      png.chunk();
    }
  }

  /**
   * Checks every chunk up to the end.
   *
   * @return the header
   * @throws ImageException IMAGE_TRUNCATED if a chunk is cut or the last is missing, NOT_AN_IMAGE
   *     if a checksum does not match
   */
  static Header requireComplete(ByteBuffer bytes) {
    PngStructure png = new PngStructure(bytes);
    Header header = png.headerChunk();
    int type;
    do {
      png.require(png.at + Long.BYTES, "its end");
      type = bytes.getInt(png.at + Integer.BYTES);
      png.chunk();
    } while (type != IEND);
    return header;
  }

  /** The colours, three bytes each; none where it has no palette. */
  static byte[] palette(ByteBuffer bytes) {
    PngStructure png = new PngStructure(bytes);
    png.headerChunk();
    while (true) {
      png.require(png.at + Long.BYTES, "its pixels");
      int type = bytes.getInt(png.at + Integer.BYTES);
      if (type == IDAT || type == IEND) {
        return new byte[0];
      }
      ByteBuffer data = png.chunk();
      if (type == PLTE) {
        byte[] palette = new byte[data.remaining()];
        data.get(palette);
        return palette;
      }
    }
  }

  private Header headerChunk() {
    require(at + Long.BYTES, "its size is known");
    if (bytes.getInt(at + Integer.BYTES) != IHDR || bytes.getInt(at) != 13) {
      throw ImageException.notAnImage("PNG does not begin with its header chunk");
    }
    ByteBuffer data = chunk();
    Header header = new Header(data.getInt(0), data.getInt(4), data.get(8), data.get(9));
    if (header.width < 1 || header.height < 1 || !isValid(header.bitDepth, header.colourType)) {
      throw ImageException.notAnImage(
          "PNG header is damaged: %d×%d pixels, bit depth %d, colour type %d"
              .formatted(header.width, header.height, header.bitDepth, header.colourType));
    }
    return header;
  }

  private static boolean isValid(int bitDepth, int colourType) {
    return switch (colourType) {
      case GREY ->
          bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8 || bitDepth == 16;
      case INDEXED -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8;
      case 2, 4, 6 -> bitDepth == 8 || bitDepth == 16;
      default -> false;
    };
  }

  /** The data of the chunk that stands here; moves behind it. */
  private ByteBuffer chunk() {
    int length = bytes.getInt(at);
    if (length < 0 || length > bytes.limit() - at - CHUNK_BYTES) {
      throw truncated("the end of a chunk of %s bytes".formatted(Integer.toUnsignedString(length)));
    }
    int data = at + Long.BYTES;
    CRC32 crc = new CRC32();
    crc.update(bytes.slice(at + Integer.BYTES, Integer.BYTES + length));
    if ((int) crc.getValue() != bytes.getInt(data + length)) {
      throw ImageException.notAnImage(
          "PNG is damaged: wrong checksum of the chunk at byte %d".formatted(at));
    }
    at = data + length + Integer.BYTES;
    return bytes.slice(data, length);
  }

  private void require(int end, String before) {
    if (end > bytes.limit()) {
      throw truncated(before);
    }
  }

  private ImageException truncated(String before) {
    return ImageException.truncated(
        "PNG of %d bytes ends before %s; check the producer and the network"
            .formatted(bytes.limit(), before));
  }
}
