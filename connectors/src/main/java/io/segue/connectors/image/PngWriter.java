package io.segue.connectors.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes an 8-bit PNG of one channel, chunk by chunk. */
final class PngWriter {
  private static final int BIT_DEPTH = 8;
  private static final byte FILTER_UP = 2;

  private final ByteArrayOutputStream out;
  private final int width;
  private final int height;

  PngWriter(int width, int height, int colourType) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "image of %d×%d pixels; both must be at least 1".formatted(width, height));
    }
    this.width = width;
    this.height = height;
    this.out = new ByteArrayOutputStream(4096);
    out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(PngStructure.SIGNATURE).array());
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) BIT_DEPTH).put((byte) colourType);
    chunk(PngStructure.IHDR, header.array(), header.capacity());
  }

  PngWriter chunk(int type, byte[] data, int length) {
    byte[] typeBytes = ByteBuffer.allocate(Integer.BYTES).putInt(type).array();
    CRC32 crc = new CRC32();
    crc.update(typeBytes);
    crc.update(data, 0, length);
    writeInt(length);
    out.writeBytes(typeBytes);
    out.write(data, 0, length);
    writeInt((int) crc.getValue());
    return this;
  }

  /** Writes all pixels. */
  PngWriter pixels(ByteBuffer indices) {
    if (indices.remaining() != (long) width * height) {
      throw new IllegalArgumentException(
          "%d bytes for an image of %d×%d pixels".formatted(indices.remaining(), width, height));
    }
    byte[] filtered = filterUp(indices);
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try {
      deflater.setInput(filtered);
      deflater.finish();
      byte[] block = new byte[1 << 15];
      while (!deflater.finished()) {
        chunk(PngStructure.IDAT, block, deflater.deflate(block));
      }
    } finally {
      deflater.end();
    }
    return this;
  }

  byte[] end() {
    chunk(PngStructure.IEND, new byte[0], 0);
    return out.toByteArray();
  }

  private byte[] filterUp(ByteBuffer indices) {
    byte[] filtered = new byte[(width + 1) * height];
    byte[] above = new byte[width];
    byte[] row = new byte[width];
    for (int y = 0, to = 0; y < height; y++) {
      indices.get(indices.position() + y * width, row);
      filtered[to++] = FILTER_UP;
      for (int x = 0; x < width; x++) {
        filtered[to++] = (byte) (row[x] - above[x]);
      }
      byte[] swap = above;
      above = row;
      row = swap;
    }
    return filtered;
  }

  private void writeInt(int value) {
    out.write(value >>> 24);
    out.write(value >>> 16);
    out.write(value >>> 8);
    out.write(value);
  }
}
