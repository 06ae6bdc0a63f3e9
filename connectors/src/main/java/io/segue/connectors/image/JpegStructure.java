package io.segue.connectors.image;

import io.segue.schemas.avro.ImageEncoding;
import java.nio.ByteBuffer;

/**
 * The markers of a JPEG stream (ITU-T T.81, annex B): its size, and whether it is all there. A
 * decoder that runs out of bytes fills the rest of the picture with grey and reports success, so
 * the end-of-image marker is looked for here, past segments and entropy-coded data, where the end
 * marker of an embedded thumbnail does not count.
 */
final class JpegStructure {
  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int TEM = 0x01;
  private static final int RST0 = 0xD0;
  private static final int RST7 = 0xD7;

  private final ByteBuffer bytes;
  private int at = 2;

  private JpegStructure(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  static boolean startsLike(ByteBuffer bytes) {
    return bytes.remaining() >= 2 && u8(bytes, 0) == 0xFF && u8(bytes, 1) == SOI;
  }

  /** Size and format, from the first frame header. */
  static ImageHeader header(ByteBuffer bytes) {
    JpegStructure jpeg = new JpegStructure(bytes);
    while (true) {
      int marker = jpeg.marker("its size is known");
      if (isFrameHeader(marker)) {
        return jpeg.frameHeader(marker);
      }
      if (marker == SOS || marker == EOI) {
        throw ImageException.notAnImage("JPEG without a frame header before its data");
      }
      jpeg.skipSegment(marker, "its size is known");
    }
  }

  /**
   * Walks to the end-of-image marker.
   *
   * @throws ImageException IMAGE_TRUNCATED if there is none
   */
  static void requireComplete(ByteBuffer bytes) {
    JpegStructure jpeg = new JpegStructure(bytes);
    boolean scanned = false;
    for (int marker = jpeg.marker("its end"); marker != EOI; marker = jpeg.marker("its end")) {
      jpeg.skipSegment(marker, "its end");
      if (marker == SOS) {
        scanned = true;
        jpeg.skipEntropyCodedData();
      }
    }
    if (!scanned) {
      throw ImageException.truncated("JPEG of %d bytes has no scan".formatted(bytes.limit()));
    }
  }

  private ImageHeader frameHeader(int marker) {
    require(at + 8, "its size is known");
    int precision = u8(bytes, at + 2);
    int height = u16(at + 3);
    int width = u16(at + 5);
    int components = u8(bytes, at + 7);
    if (marker > 0xC2) {
      throw ImageException.unsupported(
          "JPEG process SOF%d (lossless, hierarchical or arithmetic); send baseline or progressive JPEG"
              .formatted(marker - 0xC0));
    }
    if (precision != 8 || (components != 1 && components != 3)) {
      throw ImageException.unsupported(
          "JPEG with %d components of %d bits; send grey or colour of 8 bits"
              .formatted(components, precision));
    }
    if (height == 0 || width == 0) {
      throw ImageException.unsupported("JPEG declares %d×%d pixels".formatted(width, height));
    }
    return new ImageHeader(ImageEncoding.JPEG, width, height);
  }

  private static boolean isFrameHeader(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /** Reads the marker that has to stand here; fill bytes before it are allowed. */
  private int marker(String before) {
    require(at + 2, before);
    if (u8(bytes, at) != 0xFF) {
      throw ImageException.notAnImage(
          "JPEG is damaged: no marker at byte %d where one has to be".formatted(at));
    }
    while (u8(bytes, at) == 0xFF) {
      at++;
      require(at + 1, before);
    }
    return u8(bytes, at++);
  }

  private void skipSegment(int marker, String before) {
    if (marker == TEM || (marker >= RST0 && marker <= SOI)) {
      return;
    }
    require(at + 2, before);
    int length = u16(at);
    if (length < 2) {
      throw ImageException.notAnImage(
          "JPEG is damaged: segment of length %d at byte %d".formatted(length, at));
    }
    at += length;
  }

  /** Stops at the next marker that is neither a stuffed byte nor a restart. */
  private void skipEntropyCodedData() {
    int last = bytes.limit() - 1;
    while (at < last) {
      if (at <= last - Long.BYTES && !holdsFf(bytes.getLong(at))) {
        at += Long.BYTES;
        continue;
      }
      if (bytes.get(at) == (byte) 0xFF) {
        int next = u8(bytes, at + 1);
        boolean data = next == 0 || next == 0xFF || (next >= RST0 && next <= RST7);
        if (!data) {
          return;
        }
      }
      at++;
    }
    at = bytes.limit();
  }

  /** Whether one of eight bytes is {@code FF}: that is a zero byte of the complement. */
  private static boolean holdsFf(long eight) {
    long complement = ~eight;
    return ((complement - 0x0101010101010101L) & eight & 0x8080808080808080L) != 0;
  }

  private void require(int end, String before) {
    if (end > bytes.limit()) {
      throw ImageException.truncated(
          "JPEG of %d bytes ends before %s; check the producer and the network"
              .formatted(bytes.limit(), before));
    }
  }

  private int u16(int index) {
    return Short.toUnsignedInt(bytes.getShort(index));
  }

  private static int u8(ByteBuffer bytes, int index) {
    return Byte.toUnsignedInt(bytes.get(index));
  }
}
