package io.segue.model.serve;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Class masks from small logits in one pass: bilinear upsampling (half-pixel centres, as
 * TensorFlow's kernel computes it) to the frames' size, the mean over branches, the largest class.
 * The full-size logits, many times the size of all else that a frame needs, never exist.
 *
 * @param frames in the batch
 * @param height of the masks, in pixels
 * @param width of the masks, in pixels
 * @param classes of the logits
 */
record LogitsUpsampling(int frames, int height, int width, int classes) {
  /** The margin is measured on every eighth pixel of every eighth row: it is a mean. */
  static final int MARGIN_STEP = 8;

  private static final int ROWS_AT_ONCE = 32;

  /** Logits of one branch, {@code [frames, height, width, classes]}. */
  static final class Branch {
    private final float[] logits;
    private final int height;
    private final int width;

    Branch(float[] logits, int height, int width) {
      this.logits = logits;
      this.height = height;
      this.width = width;
    }
  }

  /** Where the pixels of one axis lie on the axis of a smaller map. */
  private static final class Axis {
    private final int[] lower;
    private final int[] upper;
    private final float[] share;

    Axis(int from, int to) {
      lower = new int[to];
      upper = new int[to];
      share = new float[to];
      float scale = from / (float) to;
      for (int i = 0; i < to; i++) {
        float at = (i + 0.5f) * scale - 0.5f;
        float floor = (float) Math.floor(at);
        lower[i] = Math.max((int) floor, 0);
        upper[i] = Math.min((int) Math.ceil(at), from - 1);
        share[i] = at - floor;
      }
    }
  }

  /** The masks of all frames, and the mean margin of each. */
  MaskBatch masks(List<Branch> branches) {
    byte[] masks = new byte[frames * height * width];
    int bands = (height + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE;
    double[] margins = new double[frames * bands];
    List<Axis> rows = branches.stream().map(it -> new Axis(it.height, height)).toList();
    List<Axis> columns = branches.stream().map(it -> new Axis(it.width, width)).toList();
    byte[] best = branches.size() == 1 ? largest(branches.get(0)) : new byte[0];
    IntStream.range(0, frames * bands)
        .parallel()
        .forEach(
            task -> {
              int frame = task / bands;
              int first = task % bands * ROWS_AT_ONCE;
              margins[task] =
                  branches.size() == 1
                      ? band(
                          branches.get(0), best, rows.get(0), columns.get(0), masks, frame, first)
                      : band(readers(branches, frame, rows, columns), masks, frame, first);
            });
    float[] means = new float[frames];
    int measured = ((height - 1) / MARGIN_STEP + 1) * ((width - 1) / MARGIN_STEP + 1);
    for (int frame = 0; frame < frames; frame++) {
      double sum = Arrays.stream(margins, frame * bands, (frame + 1) * bands).sum();
      means[frame] = (float) (sum / measured);
    }
    return new MaskBatch(masks, means, height * width);
  }

  private List<Reader> readers(
      List<Branch> branches, int frame, List<Axis> rows, List<Axis> columns) {
    return IntStream.range(0, branches.size())
        .mapToObj(i -> new Reader(branches.get(i), frame, rows.get(i), columns.get(i)))
        .toList();
  }

  /** The largest class of each of a branch's own pixels. */
  private byte[] largest(Branch branch) {
    byte[] best = new byte[frames * branch.height * branch.width];
    for (int i = 0; i < best.length; i++) {
      best[i] = (byte) largest(branch.logits, i * classes);
    }
    return best;
  }

  /**
   * The same for a single branch. Where one class is the largest at all four logits around a pixel
   * it is the largest in any mean of them, so that only pixels near the borders of classes are
   * interpolated.
   */
  private double band(
      Branch branch, byte[] best, Axis rows, Axis columns, byte[] masks, int frame, int first) {
    int end = Math.min(height, first + ROWS_AT_ONCE);
    float[] scores = new float[classes];
    double margins = 0;
    for (int y = first; y < end; y++) {
      int upper = (frame * branch.height + rows.lower[y]) * branch.width;
      int lower = (frame * branch.height + rows.upper[y]) * branch.width;
      int at = (frame * height + y) * width;
      for (int x = 0; x < width; x++) {
        int left = columns.lower[x];
        int right = columns.upper[x];
        byte corner = best[upper + left];
        boolean measured = y % MARGIN_STEP == 0 && x % MARGIN_STEP == 0;
        boolean agreed =
            corner == best[upper + right]
                && corner == best[lower + left]
                && corner == best[lower + right];
        if (measured || !agreed) {
          interpolate(
              branch.logits, upper, lower, left, right, columns.share[x], rows.share[y], scores);
        }
        masks[at + x] = agreed ? corner : (byte) largest(scores, 0);
        margins += measured ? margin(scores, 0, 1) : 0;
      }
    }
    return margins;
  }

  private void interpolate(
      float[] logits,
      int upper,
      int lower,
      int left,
      int right,
      float shareX,
      float shareY,
      float[] scores) {
    int topLeft = (upper + left) * classes;
    int topRight = (upper + right) * classes;
    int bottomLeft = (lower + left) * classes;
    int bottomRight = (lower + right) * classes;
    for (int c = 0; c < classes; c++) {
      float above = logits[topLeft + c];
      above += (logits[topRight + c] - above) * shareX;
      float below = logits[bottomLeft + c];
      below += (logits[bottomRight + c] - below) * shareX;
      scores[c] = above + (below - above) * shareY;
    }
  }

  /** The class of the largest of the scores from {@code from} on; the first one of equals. */
  private int largest(float[] scores, int from) {
    int best = from;
    float most = scores[from];
    for (int c = from + 1; c < from + classes; c++) {
      if (scores[c] > most) {
        most = scores[c];
        best = c;
      }
    }
    return best - from;
  }

  /** Writes some rows of a frame's mask and returns the sum of their margins. */
  private double band(List<Reader> readers, byte[] masks, int frame, int first) {
    int end = Math.min(height, first + ROWS_AT_ONCE);
    float[] scores = new float[width * classes];
    double margins = 0;
    for (int y = first; y < end; y++) {
      readers.get(0).read(y, scores, false);
      for (int i = 1; i < readers.size(); i++) {
        readers.get(i).read(y, scores, true);
      }
      int at = (frame * height + y) * width;
      for (int x = 0, from = 0; x < width; x++, from += classes) {
        masks[at + x] = (byte) largest(scores, from);
      }
      if (y % MARGIN_STEP == 0) {
        margins += margins(scores, readers.size());
      }
    }
    return margins;
  }

  /** The sum of the gaps between the two largest probabilities, over the row's measured pixels. */
  private double margins(float[] sums, int branches) {
    double margins = 0;
    for (int x = 0; x < width; x += MARGIN_STEP) {
      margins += margin(sums, x * classes, branches);
    }
    return margins;
  }

  private double margin(float[] sums, int from, int branches) {
    float largest = Float.NEGATIVE_INFINITY;
    float second = Float.NEGATIVE_INFINITY;
    for (int c = from; c < from + classes; c++) {
      float score = sums[c] / branches;
      second = Math.max(second, Math.min(score, largest));
      largest = Math.max(largest, score);
    }
    double total = 0;
    for (int c = from; c < from + classes; c++) {
      total += Math.exp(sums[c] / branches - largest);
    }
    return (1 - Math.exp(second - largest)) / total;
  }

  /** Upsampled rows of one frame and branch. */
  private final class Reader {
    private final Branch branch;
    private final int offset;
    private final Axis rows;
    private final Axis columns;
    private int aboveRow = -1;
    private int belowRow = -1;
    private float[] above = new float[width * classes];
    private float[] below = new float[width * classes];

    Reader(Branch branch, int frame, Axis rows, Axis columns) {
      this.branch = branch;
      this.offset = frame * branch.height * branch.width * classes;
      this.rows = rows;
      this.columns = columns;
    }

    /** Reads, or adds, row {@code y} of the upsampled logits. */
    void read(int y, float[] scores, boolean add) {
      moveTo(rows.lower[y], rows.upper[y]);
      float share = rows.share[y];
      float[] top = above;
      float[] bottom = below;
      if (add) {
        for (int i = 0; i < scores.length; i++) {
          scores[i] += top[i] + (bottom[i] - top[i]) * share;
        }
      } else {
        for (int i = 0; i < scores.length; i++) {
          scores[i] = top[i] + (bottom[i] - top[i]) * share;
        }
      }
    }

    private void moveTo(int lower, int upper) {
      if (lower != aboveRow && lower == belowRow) {
        float[] spare = above;
        above = below;
        aboveRow = belowRow;
        below = spare;
        belowRow = -1;
      }
      if (lower != aboveRow) {
        widen(lower, above);
        aboveRow = lower;
      }
      if (upper != belowRow) {
        widen(upper, below);
        belowRow = upper;
      }
    }

    private void widen(int row, float[] wide) {
      int from = offset + row * branch.width * classes;
      float[] logits = branch.logits;
      for (int x = 0, to = 0; x < width; x++) {
        int left = from + columns.lower[x] * classes;
        int right = from + columns.upper[x] * classes;
        float share = columns.share[x];
        for (int c = 0; c < classes; c++, to++) {
          float value = logits[left + c];
          wide[to] = value + (logits[right + c] - value) * share;
        }
      }
    }
  }
}
