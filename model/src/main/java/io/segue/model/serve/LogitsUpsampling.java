package io.segue.model.serve;

import io.segue.model.config.Averaging;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private static final int ROWS_AT_ONCE = 32;

  /** Logits of one branch, {@code [frames, height, width, classes]}. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Branch(float[] logits, int height, int width) {}

  /** The masks of all frames, and how sure each is. */
  MaskBatch masks(List<Branch> branches) {
    List<Branch> maps = summedBySize(branches);
    byte[] masks = new byte[frames * height * width];
    int bands = (height + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE;
    List<UpsamplingAxis> rows =
        maps.stream().map(it -> new UpsamplingAxis(it.height, height)).toList();
    List<UpsamplingAxis> columns =
        maps.stream().map(it -> new UpsamplingAxis(it.width, width)).toList();
    IntStream.range(0, frames * bands)
        .parallel()
        .forEach(
            task -> {
              int frame = task / bands;
              int first = task % bands * ROWS_AT_ONCE;
              if (maps.size() == 1) {
                band(maps.get(0), rows.get(0), columns.get(0), masks, frame, first);
              } else {
                band(readers(maps, frame, rows, columns), masks, frame, first);
              }
            });
    SampledScores scores =
        SampledScores.of(frames, height, width, classes, branches, Averaging.LOGITS);
    return new MaskBatch(masks, scores, height * width);
  }

  /** Upsampling is linear: branches of one size, such as a mirrored pair, go through it as one. */
  private static List<Branch> summedBySize(List<Branch> branches) {
    Map<List<Integer>, Branch> sums = new LinkedHashMap<>();
    for (Branch branch : branches) {
      sums.merge(List.of(branch.height, branch.width), branch, LogitsUpsampling::sum);
    }
    return List.copyOf(sums.values());
  }

  private static Branch sum(Branch a, Branch b) {
    float[] logits = a.logits.clone();
    for (int i = 0; i < logits.length; i++) {
      logits[i] += b.logits[i];
    }
    return new Branch(logits, a.height, a.width);
  }

  private List<Reader> readers(
      List<Branch> branches, int frame, List<UpsamplingAxis> rows, List<UpsamplingAxis> columns) {
    return IntStream.range(0, branches.size())
        .mapToObj(i -> new Reader(branches.get(i), frame, rows.get(i), columns.get(i)))
        .toList();
  }

  /** Writes some rows of a frame's mask from one map. */
  private void band(
      Branch map, UpsamplingAxis rows, UpsamplingAxis columns, byte[] masks, int frame, int first) {
    CellUpsampling cells = new CellUpsampling(map.logits, map.width, classes, rows, columns);
    int end = Math.min(height, first + ROWS_AT_ONCE);
    for (int y = first; y < end; y++) {
      cells.row(y, frame * map.height, masks, (frame * height + y) * width);
    }
  }

  /** The class of the largest of the scores from {@code from} on; the first one of equals. */
  static int largest(float[] scores, int from, int classes) {
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

  /** The same from several maps, whose upsampled sum decides. */
  private void band(List<Reader> readers, byte[] masks, int frame, int first) {
    int end = Math.min(height, first + ROWS_AT_ONCE);
    float[] scores = new float[width * classes];
    for (int y = first; y < end; y++) {
      readers.get(0).read(y, scores, false);
      for (int i = 1; i < readers.size(); i++) {
        readers.get(i).read(y, scores, true);
      }
      int at = (frame * height + y) * width;
      for (int x = 0, from = 0; x < width; x++, from += classes) {
        masks[at + x] = (byte) largest(scores, from, classes);
      }
    }
  }

  /** Upsampled rows of one frame and branch. */
  private final class Reader {
    private final Branch branch;
    private final int offset;
    private final UpsamplingAxis rows;
    private final UpsamplingAxis columns;
    private int aboveRow = -1;
    private int belowRow = -1;
    private float[] above = new float[width * classes];
    private float[] below = new float[width * classes];

    Reader(Branch branch, int frame, UpsamplingAxis rows, UpsamplingAxis columns) {
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
