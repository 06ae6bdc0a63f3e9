package io.segue.connectors.image;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads the rows of a PNG of one byte a pixel that is not interlaced: inflates them and takes each
 * filter back in place.
 *
 * @see <a href="https://www.w3.org/TR/png-3/#9Filters">PNG, third edition, filters</a>
 */
final class PngRows {
  private static final int NONE = 0;
  private static final int SUB = 1;
  private static final int UP = 2;
  private static final int AVERAGE = 3;
  private static final int PAETH = 4;

  private PngRows() {}

  /**
   * @param deflated the data of the chunks of pixels
   * @throws ImageException NOT_AN_IMAGE if they do not hold every row
   */
  static DecodedMask read(int width, int height, List<ByteBuffer> deflated) {
    byte[] rows = inflate(deflated, Math.multiplyExact(height, width + 1));
    byte[] indices = new byte[Math.multiplyExact(width, height)];
    for (int y = 0; y < height; y++) {
      int filter = rows[y * (width + 1)];
      System.arraycopy(rows, y * (width + 1) + 1, indices, y * width, width);
      unfilter(filter, indices, y * width, width);
    }
    return new DecodedMask(width, height, indices);
  }

  private static byte[] inflate(List<ByteBuffer> deflated, int size) {
    byte[] rows = new byte[size];
    Inflater inflater = new Inflater();
    try {
      int done = 0;
      for (ByteBuffer chunk : deflated) {
        inflater.setInput(chunk);
        while (done < size && !inflater.needsInput() && !inflater.finished()) {
          done += inflater.inflate(rows, done, size - done);
        }
      }
      if (done < size) {
        throw ImageException.notAnImage(
            "PNG is damaged: %d bytes of pixels, its size needs %d".formatted(done, size));
      }
      return rows;
    } catch (DataFormatException e) {
      throw ImageException.notAnImage("PNG is damaged: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  /** Takes the filter of the row that begins at {@code at} back. */
  private static void unfilter(int filter, byte[] pixels, int at, int width) {
    switch (filter) {
      case NONE -> {}
      case SUB -> left(pixels, at, width);
      case UP, AVERAGE, PAETH -> fromAbove(filter, pixels, at, width);
      default -> throw ImageException.notAnImage("PNG is damaged: a row has filter " + filter);
    }
  }

  private static void fromAbove(int filter, byte[] pixels, int at, int width) {
    for (int i = at; i < at + width; i++) {
      int left = i == at ? 0 : pixels[i - 1] & 0xff;
      int above = at == 0 ? 0 : pixels[i - width] & 0xff;
      int corner = at == 0 || i == at ? 0 : pixels[i - width - 1] & 0xff;
      int predicted =
          switch (filter) {
            case UP -> above;
            case AVERAGE -> (left + above) / 2;
            default -> nearest(left, above, corner);
          };
      pixels[i] = (byte) (pixels[i] + predicted);
    }
  }

  private static void left(byte[] pixels, int at, int width) {
    for (int i = at + 1; i < at + width; i++) {
      pixels[i] = (byte) (pixels[i] + pixels[i - 1]);
    }
  }

  /** Of left, above and corner the one nearest to left + above − corner. */
  private static int nearest(int left, int above, int corner) {
    int byLeft = Math.abs(above - corner);
    int byAbove = Math.abs(left - corner);
    int byCorner = Math.abs(left + above - 2 * corner);
    if (byLeft <= byAbove && byLeft <= byCorner) {
      return left;
    }
    return byAbove <= byCorner ? above : corner;
  }
}
