package io.segue.model.serve;

import io.segue.model.config.Averaging;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How sure a model is of each frame of a batch: means over every eighth pixel of every eighth row,
 * from the small logits of a plan's branches. That is exact enough for a mean, and costs a small
 * part of what the masks do.
 *
 * @param margins gap between the two largest probabilities, 0 to 1
 * @param entropies of the probabilities in nats, 0 to the logarithm of the number of classes
 * @param variances of the probabilities over the branches, mean over the classes; NaN for a single
 *     branch
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record SampledScores(float[] margins, float[] entropies, float[] variances) {
  /** Pixels and rows from one that is looked at to the next. */
  static final int STEP = 8;

  /** What a class this far below the largest has of the probability does not count in float32. */
  private static final float NEGLIGIBLE = -18;

  /** What is less probable adds less than {@code 2e-6} to an entropy. */
  private static final float IMPROBABLE = 1e-7f;

  /** Where nothing else has been measured. */
  static SampledScores ofMargins(float[] margins) {
    float[] unknown = new float[margins.length];
    Arrays.fill(unknown, Float.NaN);
    return new SampledScores(margins, unknown, unknown);
  }

  /**
   * Measures.
   *
   * @param frames in the batch
   * @param height of the frames in pixels
   * @param width of the frames in pixels
   * @param branches of the plan, mirrored back
   * @param averaging how they become one prediction
   */
  static SampledScores of(
      int frames,
      int height,
      int width,
      int classes,
      List<LogitsUpsampling.Branch> branches,
      Averaging averaging) {
    List<BranchSampler> samplers =
        branches.stream().map(it -> new BranchSampler(it, height, width, classes)).toList();
    int rows = (height - 1) / STEP + 1;
    int columns = (width - 1) / STEP + 1;
    double[][] sums = new double[frames * rows][];
    IntStream.range(0, frames * rows)
        .parallel()
        .forEach(
            task -> {
              Row row = new Row(samplers, classes, averaging);
              for (int x = 0; x < width; x += STEP) {
                row.add(task / rows, task % rows * STEP, x);
              }
              sums[task] = new double[] {row.margin, row.entropy, row.variance};
            });
    float[][] means = new float[3][frames];
    for (int frame = 0; frame < frames; frame++) {
      for (int score = 0; score < means.length; score++) {
        double sum = 0;
        for (int row = frame * rows; row < (frame + 1) * rows; row++) {
          sum += sums[row][score];
        }
        boolean measured = score < 2 || branches.size() > 1;
        means[score][frame] = measured ? (float) (sum / (rows * columns)) : Float.NaN;
      }
    }
    return new SampledScores(means[0], means[1], means[2]);
  }

  /** One branch's logits at single pixels of the frames. */
  private static final class BranchSampler {
    private final LogitsUpsampling.Branch branch;
    private final int classes;
    private final UpsamplingAxis rows;
    private final UpsamplingAxis columns;

    BranchSampler(LogitsUpsampling.Branch branch, int height, int width, int classes) {
      this.branch = branch;
      this.classes = classes;
      this.rows = new UpsamplingAxis(branch.height(), height);
      this.columns = new UpsamplingAxis(branch.width(), width);
    }

    void read(int frame, int y, int x, float[] scores) {
      float[] logits = branch.logits();
      int first = frame * branch.height();
      int upper = (first + rows.lower[y]) * branch.width();
      int lower = (first + rows.upper[y]) * branch.width();
      int topLeft = (upper + columns.lower[x]) * classes;
      int topRight = (upper + columns.upper[x]) * classes;
      int bottomLeft = (lower + columns.lower[x]) * classes;
      int bottomRight = (lower + columns.upper[x]) * classes;
      float shareX = columns.share[x];
      float shareY = rows.share[y];
      for (int c = 0; c < classes; c++) {
        float top = logits[topLeft + c];
        top += (logits[topRight + c] - top) * shareX;
        float bottom = logits[bottomLeft + c];
        bottom += (logits[bottomRight + c] - bottom) * shareX;
        scores[c] = top + (bottom - top) * shareY;
      }
    }
  }

  /** Sums over the pixels of one row. */
  private static final class Row {
    private final List<BranchSampler> samplers;
    private final int classes;
    private final Averaging averaging;
    private final float[] scores;
    private final float[] sum;
    private final float[] mean;
    private final float[] squares;
    private double margin;
    private double entropy;
    private double variance;

    Row(List<BranchSampler> samplers, int classes, Averaging averaging) {
      this.samplers = samplers;
      this.classes = classes;
      this.averaging = averaging;
      scores = new float[classes];
      sum = new float[classes];
      mean = new float[classes];
      squares = new float[classes];
    }

    void add(int frame, int y, int x) {
      if (samplers.size() == 1) {
        samplers.get(0).read(frame, y, x, mean);
        entropy += softmax(mean);
      } else {
        entropy += readAll(frame, y, x);
      }
      margin += gap();
    }

    /**
     * Leaves the plan's probabilities in {@link #mean} and adds the branches' variance.
     *
     * @return the entropy of the probabilities
     */
    private double readAll(int frame, int y, int x) {
      int branches = samplers.size();
      Arrays.fill(sum, 0);
      Arrays.fill(mean, 0);
      Arrays.fill(squares, 0);
      for (BranchSampler sampler : samplers) {
        sampler.read(frame, y, x, scores);
        for (int c = 0; c < classes; c++) {
          sum[c] += scores[c] / branches;
        }
        softmax(scores);
        for (int c = 0; c < classes; c++) {
          mean[c] += scores[c] / branches;
          squares[c] += scores[c] * scores[c] / branches;
        }
      }
      double spread = 0;
      for (int c = 0; c < classes; c++) {
        spread += Math.max(0, squares[c] - mean[c] * mean[c]);
      }
      variance += spread / classes;
      if (averaging == Averaging.LOGITS) {
        System.arraycopy(sum, 0, mean, 0, classes);
        return softmax(mean);
      }
      return entropy();
    }

    /**
     * Makes probabilities of logits.
     *
     * @return their entropy, which takes a single logarithm while the logits are at hand
     */
    private double softmax(float[] values) {
      float largest = Float.NEGATIVE_INFINITY;
      for (float value : values) {
        largest = Math.max(largest, value);
      }
      float total = 0;
      double distance = 0;
      for (int c = 0; c < classes; c++) {
        float below = values[c] - largest;
        if (below < NEGLIGIBLE) {
          values[c] = 0;
        } else {
          values[c] = (float) Math.exp(below);
          distance += values[c] * below;
        }
        total += values[c];
      }
      for (int c = 0; c < classes; c++) {
        values[c] /= total;
      }
      return Math.log(total) - distance / total;
    }

    /** The entropy of {@link #mean}. */
    private double entropy() {
      double nats = 0;
      for (float probability : mean) {
        nats -= probability < IMPROBABLE ? 0 : probability * Math.log(probability);
      }
      return nats;
    }

    /** Between the two largest of {@link #mean}. */
    private float gap() {
      float largest = 0;
      float second = 0;
      for (float probability : mean) {
        second = Math.max(second, Math.min(probability, largest));
        largest = Math.max(largest, probability);
      }
      return largest - second;
    }
  }
}
