package io.segue.model.serve;

import io.segue.model.config.Averaging;
import io.segue.model.config.Plan;
import io.segue.model.layer.Resampling;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The branches of a plan in one graph. For each scale s the frames are resized to {@code (⌊s·height
 * + ½⌋, ⌊s·width + ½⌋)} (bilinear, half-pixel, no antialias; not at all where the size stays), also
 * mirrored if the plan flips; logits are mirrored back first, then resized straight to the frames'
 * size, and averaged with equal weight.
 *
 * @param tf the graph
 * @param plan scales, flip and averaging
 * @param height of the network's input at scale 1, in pixels
 * @param width of the network's input at scale 1, in pixels
 * @param stride the smallest side that the network takes
 */
record PlanBranches(Ops tf, Plan plan, int height, int width, int stride) {

  PlanBranches {
    requireFits(plan, height, width, stride);
  }

  /**
   * Refuses a plan with a scale that leaves the network less than one pixel of its coarsest map.
   *
   * @param height of the network's input at scale 1, in pixels
   * @param width of the network's input at scale 1, in pixels
   * @param stride the smallest side that the network takes
   * @throws IllegalArgumentException if an input is smaller than {@code stride}
   */
  static void requireFits(Plan plan, int height, int width, int stride) {
    for (double scale : plan.scales()) {
      if (round(scale * height) < stride || round(scale * width) < stride) {
        throw new IllegalArgumentException(
            "plan %s: scale %s makes the network's input %d×%d pixels, it needs at least %d×%d; give the stream a plan with larger scales"
                .formatted(
                    plan.id(), scale, round(scale * height), round(scale * width), stride, stride));
      }
    }
  }

  private static int round(double pixels) {
    return (int) Math.floor(pixels + 0.5);
  }

  /**
   * The logits of each branch at the size that the network gives them, mirrored back.
   *
   * @param frames {@code [batch, any, any, 3]}
   * @param network frames of the network's input size to logits
   * @return {@code [batch, height of the branch, width of the branch, classes]} each
   */
  List<Operand<TFloat32>> logits(
      Operand<? extends TNumber> frames, UnaryOperator<Operand<TFloat32>> network) {
    List<Operand<TFloat32>> branches = new ArrayList<>();
    for (double scale : plan.scales()) {
      Operand<TFloat32> scaled = scaled(frames, round(scale * height), round(scale * width));
      branches.add(network.apply(scaled));
      if (plan.flip()) {
        branches.add(mirrored(network.apply(mirrored(scaled))));
      }
    }
    return branches;
  }

  /**
   * The mean over all branches: of probabilities, or of logits where {@link #givesLogits}.
   *
   * @param logits of each branch
   * @param size height and width of the result
   * @return {@code [batch, size, classes]}
   */
  Operand<TFloat32> predict(List<Operand<TFloat32>> logits, Operand<TInt32> size) {
    return mean(logits.stream().map(it -> prediction(it, size, givesLogits())).toList());
  }

  /**
   * The variance over the branches of each pixel's probabilities, its mean over the classes.
   *
   * @param logits of each branch
   * @param size height and width of the result
   * @return {@code [batch, size]}
   */
  Operand<TFloat32> variance(List<Operand<TFloat32>> logits, Operand<TInt32> size) {
    List<Operand<TFloat32>> probabilities =
        logits.stream().map(it -> prediction(it, size, false)).toList();
    Operand<TFloat32> mean = mean(probabilities);
    List<Operand<TFloat32>> squares =
        probabilities.stream()
            .<Operand<TFloat32>>map(it -> tf.math.squaredDifference(it, mean))
            .toList();
    return tf.math.mean(mean(squares), tf.constant(3));
  }

  private Operand<TFloat32> mean(List<Operand<TFloat32>> maps) {
    return maps.size() == 1
        ? maps.get(0)
        : tf.math.mul(tf.math.addN(maps), tf.constant(1f / maps.size()));
  }

  /** Whether {@link #predict} gives logits: no softmax is spent on a single branch. */
  boolean givesLogits() {
    return givesLogits(plan);
  }

  static boolean givesLogits(Plan plan) {
    return plan.averaging() == Averaging.LOGITS || plan.branches() == 1;
  }

  private Operand<TFloat32> scaled(Operand<? extends TNumber> frames, int h, int w) {
    boolean same = frames.shape().get(1) == h && frames.shape().get(2) == w;
    return same
        ? tf.dtypes.cast(frames, TFloat32.class)
        : Resampling.bilinear(tf, frames, tf.constant(new int[] {h, w}));
  }

  private Operand<TFloat32> mirrored(Operand<TFloat32> x) {
    return tf.reverse(x, tf.constant(new int[] {2}));
  }

  private Operand<TFloat32> prediction(
      Operand<TFloat32> logits, Operand<TInt32> size, boolean asLogits) {
    Operand<TFloat32> resized = Resampling.bilinear(tf, logits, size);
    return asLogits ? resized : tf.nn.softmax(resized);
  }
}
