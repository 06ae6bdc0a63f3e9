package io.segue.connectors.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes PNGs of one byte a pixel: rows unfiltered, as suits indices, and deflated for speed. A
 * mask costs one copy of its pixels and one pass of the deflater.
 *
 * @see <a href="https://www.w3.org/TR/png-3/">PNG, third edition</a>
 */
final class PngWriter {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** Length, type and check sum of a chunk. */
  private static final int CHUNK_OVERHEAD = 12;

  private static final int HEADER_BYTES = 13;

  private PngWriter() {}

  /**
   * @param pixels width × height bytes between position and limit, left as it was
   * @param colourType {@link PngStructure#GREY} or {@link PngStructure#INDEXED}
   * @param palette three bytes an entry; empty for grey
   */
  static byte[] write(ByteBuffer pixels, int width, int height, int colourType, byte[] palette) {
    byte[] rows = new byte[Math.multiplyExact(height, width + 1)];
    for (int y = 0; y < height; y++) {
      pixels.get(pixels.position() + y * width, rows, y * (width + 1) + 1, width);
    }
    byte[] deflated = new byte[rows.length + (rows.length >> 10) + 64];
    int size = deflate(rows, deflated);
    int paletteChunk = palette.length == 0 ? 0 : CHUNK_OVERHEAD + palette.length;
    ByteBuffer png =
        ByteBuffer.allocate(
            SIGNATURE.length
                + CHUNK_OVERHEAD
                + HEADER_BYTES
                + paletteChunk
                + CHUNK_OVERHEAD
                + size
                + CHUNK_OVERHEAD);
    png.put(SIGNATURE);
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putInt(width).putInt(height).put((byte) 8).put((byte) colourType);
    chunk(png, "IHDR", header.array(), HEADER_BYTES);
    if (palette.length > 0) {
      chunk(png, "PLTE", palette, palette.length);
    }
    chunk(png, "IDAT", deflated, size);
    chunk(png, "IEND", new byte[0], 0);
    return png.array();
  }

  /** Deflates into room that is enough for what does not compress at all. */
  private static int deflate(byte[] rows, byte[] out) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try {
      deflater.setInput(rows);
      deflater.finish();
      int size = 0;
      while (!deflater.finished()) {
        size += deflater.deflate(out, size, out.length - size);
      }
      return size;
    } finally {
      deflater.end();
    }
  }

  private static void chunk(ByteBuffer png, String type, byte[] data, int size) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(data, 0, size);
    png.putInt(size).put(name).put(data, 0, size).putInt((int) sum.getValue());
  }
}
