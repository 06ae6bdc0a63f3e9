package io.segue.connectors.image;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads the raw values of a grey or indexed PNG, where an image library would give colours or
 * stretch fewer bits over 0 to 255.
 */
final class PngIndexReader {
  private final PngStructure.Header header;
  private final int rowBytes;
  private final byte[] filtered;

  private PngIndexReader(PngStructure.Header header) {
    this.header = header;
    this.rowBytes = (int) (((long) header.width() * header.bitDepth() + 7) / 8);
    this.filtered = new byte[Math.multiplyExact(rowBytes + 1, header.height())];
  }

  /** Reads a file whose size was found to be within the limits. */
  static DecodedMask read(ByteBuffer png) {
    PngStructure.Header header = requireIndices(PngStructure.read(png, (type, data) -> {}));
    PngIndexReader reader = new PngIndexReader(header);
    reader.inflate(png);
    reader.unfilter();
    return new DecodedMask(header.width(), header.height(), reader.unpack());
  }

  private static PngStructure.Header requireIndices(PngStructure.Header header) {
    boolean oneChannel =
        header.colourType() == PngStructure.GREY || header.colourType() == PngStructure.INDEXED;
    if (!oneChannel || header.bitDepth() > 8 || header.interlaced()) {
      throw ImageException.unsupported(
          "PNG of colour type %d, %d bits%s holds no class indices; send an indexed or grey PNG of up to 8 bits, not interlaced"
              .formatted(
                  header.colourType(),
                  header.bitDepth(),
                  header.interlaced() ? ", interlaced" : ""));
    }
    return header;
  }

  private void inflate(ByteBuffer png) {
    Inflater inflater = new Inflater();
    int[] filled = {0};
    try {
      PngStructure.read(
          png,
          (type, data) -> {
            if (type == PngStructure.IDAT) {
              inflater.setInput(data);
              filled[0] += inflate(inflater, filled[0]);
            }
          });
    } finally {
      inflater.end();
    }
    if (filled[0] < filtered.length) {
      throw ImageException.truncated(
          "PNG holds %d of %d bytes of pixels".formatted(filled[0], filtered.length));
    }
  }

  private int inflate(Inflater inflater, int from) {
    try {
      int count = 0;
      int last;
      do {
        last = inflater.inflate(filtered, from + count, filtered.length - from - count);
        count += last;
      } while (last > 0);
      return count;
    } catch (DataFormatException e) {
      throw ImageException.notAnImage("PNG is damaged: its pixels cannot be inflated");
    }
  }

  /** Undoes the filter of each row in place; one byte a pixel or less, so the step is one byte. */
  private void unfilter() {
    int stride = rowBytes + 1;
    for (int y = 0; y < header.height(); y++) {
      int row = y * stride + 1;
      int above = y == 0 ? -1 : row - stride;
      switch (filtered[row - 1]) {
        case 0 -> {}
        case 1 -> addLeft(row);
        case 2 -> addAbove(row, above);
        case 3 -> addAverage(row, above);
        case 4 -> addPaeth(row, above);
        default ->
            throw ImageException.notAnImage(
                "PNG is damaged: filter %d in row %d".formatted(filtered[row - 1], y));
      }
    }
  }

  private void addLeft(int row) {
    for (int i = row + 1; i < row + rowBytes; i++) {
      filtered[i] += filtered[i - 1];
    }
  }

  private void addAbove(int row, int above) {
    if (above < 0) {
      return;
    }
    for (int i = 0; i < rowBytes; i++) {
      filtered[row + i] += filtered[above + i];
    }
  }

  private void addAverage(int row, int above) {
    for (int i = 0; i < rowBytes; i++) {
      filtered[row + i] += (byte) ((left(row, i) + up(above, i)) / 2);
    }
  }

  private void addPaeth(int row, int above) {
    for (int i = 0; i < rowBytes; i++) {
      int left = left(row, i);
      int up = up(above, i);
      int upLeft = i == 0 ? 0 : up(above, i - 1);
      int estimate = left + up - upLeft;
      int toLeft = Math.abs(estimate - left);
      int toUp = Math.abs(estimate - up);
      int toUpLeft = Math.abs(estimate - upLeft);
      int nearest = toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft;
      filtered[row + i] += (byte) nearest;
    }
  }

  private int left(int row, int i) {
    return i == 0 ? 0 : Byte.toUnsignedInt(filtered[row + i - 1]);
  }

  private int up(int above, int i) {
    return above < 0 ? 0 : Byte.toUnsignedInt(filtered[above + i]);
  }

  private byte[] unpack() {
    int width = header.width();
    int bits = header.bitDepth();
    byte[] indices = new byte[width * header.height()];
    for (int y = 0; y < header.height(); y++) {
      int row = y * (rowBytes + 1) + 1;
      if (bits == 8) {
        System.arraycopy(filtered, row, indices, y * width, width);
        continue;
      }
      for (int x = 0; x < width; x++) {
        int bit = x * bits;
        int shift = 8 - bits - bit % 8;
        indices[y * width + x] = (byte) ((filtered[row + bit / 8] >> shift) & ((1 << bits) - 1));
      }
    }
    return indices;
  }
}
