package io.segue.model.serve;

import java.util.Arrays;

/**
 * Rows of a mask from one map of logits, cell by cell: a cell is what lies between four logits. A
 * class that is the largest at all four is the largest in any mean of them. Where they differ, a
 * class whose largest logit is below another's smallest cannot win anywhere in the cell: only the
 * few that are left are interpolated.
 */
final class CellUpsampling {
  /**
   * Classes this much below another are kept, as a share of the cell's largest logit: an
   * interpolation in float32 is that exact.
   */
  private static final float ROUNDING = 1e-5f;

  private final float[] logits;
  private final int mapWidth;
  private final int classes;
  private final UpsamplingAxis rows;
  private final UpsamplingAxis columns;

  private byte[] above;
  private byte[] below;
  private int aboveRow = -1;
  private int belowRow = -1;

  /** The number of classes that may win in each cell of the row; 0 where it is not known yet. */
  private final int[] counts;

  private final int[] candidates;

  /** Of each class in the cell that was entered last. */
  private final float[] largest;

  /**
   * @param logits {@code [any, mapWidth, classes]}
   */
  CellUpsampling(
      float[] logits, int mapWidth, int classes, UpsamplingAxis rows, UpsamplingAxis columns) {
    this.logits = logits;
    this.mapWidth = mapWidth;
    this.classes = classes;
    this.rows = rows;
    this.columns = columns;
    above = new byte[mapWidth];
    below = new byte[mapWidth];
    counts = new int[2 * mapWidth];
    candidates = new int[2 * mapWidth * classes];
    largest = new float[classes];
  }

  /**
   * Writes row {@code y} of a mask.
   *
   * @param firstRow of the frame's map
   * @param at where the row begins in {@code masks}
   */
  void row(int y, int firstRow, byte[] masks, int at) {
    int upper = firstRow + rows.lower[y];
    int lower = firstRow + rows.upper[y];
    moveTo(upper, lower);
    int[] lefts = columns.lower;
    int[] rights = columns.upper;
    for (int x = 0; x < lefts.length; x++) {
      int cell = lefts[x] + rights[x];
      int count = counts[cell];
      if (count == 0) {
        count = enter(cell, lefts[x], rights[x]);
      }
      masks[at + x] =
          (byte)
              (count == 1
                  ? candidates[cell * classes]
                  : winner(cell, count, lefts[x], rights[x], columns.share[x], rows.share[y]));
    }
  }

  private void moveTo(int upper, int lower) {
    if (upper == aboveRow && lower == belowRow) {
      return;
    }
    Arrays.fill(counts, 0);
    if (upper == belowRow) {
      byte[] spare = above;
      above = below;
      below = spare;
      belowRow = -1;
    } else if (upper != aboveRow) {
      largest(upper, above);
    }
    aboveRow = upper;
    if (lower != belowRow) {
      largest(lower, below);
      belowRow = lower;
    }
  }

  private void largest(int row, byte[] best) {
    for (int x = 0; x < mapWidth; x++) {
      best[x] = (byte) LogitsUpsampling.largest(logits, (row * mapWidth + x) * classes, classes);
    }
  }

  /** Finds the classes that may win in a cell and returns their number. */
  private int enter(int cell, int left, int right) {
    byte corner = above[left];
    if (corner == above[right] && corner == below[left] && corner == below[right]) {
      candidates[cell * classes] = corner;
      counts[cell] = 1;
      return 1;
    }
    int topLeft = (aboveRow * mapWidth + left) * classes;
    int topRight = (aboveRow * mapWidth + right) * classes;
    int bottomLeft = (belowRow * mapWidth + left) * classes;
    int bottomRight = (belowRow * mapWidth + right) * classes;
    float bound = Float.NEGATIVE_INFINITY;
    float size = 0;
    for (int c = 0; c < classes; c++) {
      float top = Math.min(logits[topLeft + c], logits[topRight + c]);
      float bottom = Math.min(logits[bottomLeft + c], logits[bottomRight + c]);
      float least = Math.min(top, bottom);
      top = Math.max(logits[topLeft + c], logits[topRight + c]);
      bottom = Math.max(logits[bottomLeft + c], logits[bottomRight + c]);
      largest[c] = Math.max(top, bottom);
      bound = Math.max(bound, least);
      size = Math.max(size, Math.max(largest[c], -least));
    }
    bound -= ROUNDING * size;
    int count = 0;
    for (int c = 0; c < classes; c++) {
      boolean loses = largest[c] < bound;
      if (!loses) {
        candidates[cell * classes + count++] = c;
      }
    }
    counts[cell] = count;
    return count;
  }

  private int winner(int cell, int count, int left, int right, float shareX, float shareY) {
    int topLeft = (aboveRow * mapWidth + left) * classes;
    int topRight = (aboveRow * mapWidth + right) * classes;
    int bottomLeft = (belowRow * mapWidth + left) * classes;
    int bottomRight = (belowRow * mapWidth + right) * classes;
    int best = candidates[cell * classes];
    float most = Float.NEGATIVE_INFINITY;
    for (int i = cell * classes; i < cell * classes + count; i++) {
      int c = candidates[i];
      float top = logits[topLeft + c];
      top += (logits[topRight + c] - top) * shareX;
      float bottom = logits[bottomLeft + c];
      bottom += (logits[bottomRight + c] - bottom) * shareX;
      float score = top + (bottom - top) * shareY;
      if (score > most) {
        most = score;
        best = c;
      }
    }
    return best;
  }
}
