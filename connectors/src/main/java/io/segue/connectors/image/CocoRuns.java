package io.segue.connectors.image;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Masks as COCO's tools exchange them, and back, without loss: for each class the lengths of runs
 * down the columns, from the left column to the right one, in turn outside and inside the class.
 * The first run is outside, of length 0 if the class begins at once. From the fourth on a length is
 * written as its difference from the one two before, in groups of five bits, the lowest first, each
 * a character from {@code '0'} on; the sixth bit says that more follow, the fifth of the last group
 * is the sign.
 *
 * @see <a href="https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c">maskApi.c</a>
 */
public final class CocoRuns {
  private static final int VALUES = 256;
  private static final int GROUP_BITS = 5;
  private static final int GROUP = (1 << GROUP_BITS) - 1;
  private static final int SIGN = 1 << (GROUP_BITS - 1);
  private static final int MORE = 1 << GROUP_BITS;
  private static final int FIRST_CHARACTER = '0';

  /** Runs before the first one that is written as a difference. */
  private static final int WHOLE = 3;

  private CocoRuns() {}

  /**
   * The runs of every class in a mask.
   *
   * @return {@code counts} by class index, 0 to 255
   */
  public static SortedMap<Integer, String> encode(DecodedMask mask) {
    Runs[] runs = new Runs[VALUES];
    byte[] columns = columns(mask);
    int begin = 0;
    for (int i = 1; i <= columns.length; i++) {
      if (i == columns.length || columns[i] != columns[begin]) {
        int value = columns[begin] & 0xff;
        if (runs[value] == null) {
          runs[value] = new Runs();
        }
        runs[value].add(begin, i);
        begin = i;
      }
    }
    SortedMap<Integer, String> counts = new TreeMap<>();
    for (int value = 0; value < VALUES; value++) {
      if (runs[value] != null) {
        counts.put(value, runs[value].counts(columns.length));
      }
    }
    return counts;
  }

  /** The pixels, columns from the left, each from the top. */
  private static byte[] columns(DecodedMask mask) {
    int width = mask.width();
    int height = mask.height();
    byte[] rows = mask.indices();
    byte[] columns = new byte[rows.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0, from = y * width, to = y; x < width; x++, from++, to += height) {
        columns[to] = rows[from];
      }
    }
    return columns;
  }

  /**
   * A mask of classes; where two share a pixel, the one with the higher index has it.
   *
   * @param counts by class index, 0 to 255
   * @param unlabelled what pixels of no class hold, 0 to 255
   * @throws IllegalArgumentException if {@code counts} are not of so many pixels
   */
  public static DecodedMask decode(
      Map<Integer, String> counts, int width, int height, int unlabelled) {
    byte[] columns = new byte[Math.multiplyExact(width, height)];
    Arrays.fill(columns, (byte) unlabelled);
    new TreeMap<>(counts).forEach((value, runs) -> paint(runs, value, columns));
    return new DecodedMask(width, height, columns(new DecodedMask(height, width, columns)));
  }

  private static void paint(String counts, int value, byte[] columns) {
    if (value < 0 || value >= VALUES) {
      throw new IllegalArgumentException("class %d; a mask holds 0 to 255".formatted(value));
    }
    long at = 0;
    long last = 0;
    long beforeLast = 0;
    int next = 0;
    for (int run = 0; next < counts.length(); run++) {
      long length = 0;
      int shift = 0;
      int group;
      do {
        group = next < counts.length() ? counts.charAt(next++) - FIRST_CHARACTER : -1;
        if (group < 0 || group >= 2 * MORE || shift > Integer.SIZE) {
          throw new IllegalArgumentException(
              "run %d of class %d is no number: '%s'".formatted(run, value, excerpt(counts)));
        }
        length |= (long) (group & GROUP) << shift;
        shift += GROUP_BITS;
      } while ((group & MORE) != 0);
      if ((group & SIGN) != 0) {
        length |= -1L << shift;
      }
      length += run >= WHOLE ? beforeLast : 0;
      if (length < 0 || at + length > columns.length) {
        throw new IllegalArgumentException(
            "run %d of class %d has length %d after %d of %d pixels"
                .formatted(run, value, length, at, columns.length));
      }
      if (run % 2 == 1) {
        Arrays.fill(columns, (int) at, (int) (at + length), (byte) value);
      }
      at += length;
      beforeLast = last;
      last = length;
    }
    if (at != columns.length) {
      throw new IllegalArgumentException(
          "the runs of class %d are of %d pixels, the mask of %d"
              .formatted(value, at, columns.length));
    }
  }

  private static String excerpt(String counts) {
    int most = 40;
    return counts.length() <= most ? counts : counts.substring(0, most) + "…";
  }

  /** Run lengths of one class, in the order of the columns. */
  private static final class Runs {
    private final StringBuilder written = new StringBuilder();
    private int count;
    private int end;
    private int last;
    private int beforeLast;

    /** Adds the next run inside the class. */
    void add(int from, int to) {
      write(from - end);
      write(to - from);
      end = to;
    }

    String counts(int pixels) {
      if (end < pixels) {
        write(pixels - end);
        end = pixels;
      }
      return written.toString();
    }

    private void write(int length) {
      int rest = count++ >= WHOLE ? length - beforeLast : length;
      beforeLast = last;
      last = length;
      boolean more;
      do {
        int group = rest & GROUP;
        rest >>= GROUP_BITS;
        more = (group & SIGN) == 0 ? rest != 0 : rest != -1;
        written.append((char) (FIRST_CHARACTER + (more ? group | MORE : group)));
      } while (more);
    }
  }
}
