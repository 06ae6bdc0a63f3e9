package io.segue.model.loss;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Sum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Dice on probabilities, as the Model Garden's volumetric project defines it ({@code
 * SegmentationLossDiceScore}), for maps of any rank. It has no ignore label; for segmentation take
 * {@link SoftDiceLoss}. Samples whose truth and prediction are both empty are left out; without any
 * other sample the loss is 0.
 */
public enum VolumetricDice {
  /** Mean over samples and classes of one minus the Dice coefficient. */
  PLAIN,
  /** Classes weighted by the inverse of their squared size (Sudre et al. 2017). */
  GENERALIZED,
  /** Classes weighted by {@code exp(-dice)}. */
  ADAPTIVE;

  private static final float EPSILON = 1e-7f;

  /**
   * Adds the loss to the graph.
   *
   * @param probabilities {@code [batch, …, classes]}
   * @param labels one-hot, of the same shape
   * @return the scalar loss
   */
  public Operand<TFloat32> value(
      Ops tf, Operand<TFloat32> probabilities, Operand<TFloat32> labels) {
    int rank = labels.shape().numDimensions();
    Operand<TFloat32> used = usedSamples(tf, probabilities, labels, rank);
    Operand<TFloat32> p = tf.math.mul(probabilities, used);
    Operand<TFloat32> l = tf.math.mul(labels, used);
    Operand<TFloat32> samples = Maps.total(tf, used);
    Operand<TFloat32> loss =
        this == PLAIN
            ? plain(tf, l, p, samples, rank)
            : weighted(tf, l, p, axes(tf, 0, rank - 1), labels.shape().get(rank - 1));
    Operand<TFloat32> any =
        tf.dtypes.cast(tf.math.greater(samples, tf.constant(0f)), TFloat32.class);
    return tf.math.mul(loss, any);
  }

  /** 1 for each sample with any truth or prediction, {@code [batch, 1, …]}. */
  private static Operand<TFloat32> usedSamples(
      Ops tf, Operand<TFloat32> p, Operand<TFloat32> l, int rank) {
    Operand<TFloat32> mass = tf.sum(tf.math.add(l, p), axes(tf, 1, rank), Sum.keepDims(true));
    return tf.stopGradient(tf.dtypes.cast(tf.math.greater(mass, tf.constant(0f)), TFloat32.class));
  }

  private static Operand<TInt32> axes(Ops tf, int from, int to) {
    List<Integer> axes = new ArrayList<>();
    for (int axis = from; axis < to; axis++) {
      axes.add(axis);
    }
    return tf.constant(axes.stream().mapToInt(Integer::intValue).toArray());
  }

  private static Operand<TFloat32> plain(
      Ops tf, Operand<TFloat32> l, Operand<TFloat32> p, Operand<TFloat32> samples, int rank) {
    Operand<TInt32> axes = axes(tf, 1, rank - 1);
    Operand<TFloat32> dice =
        tf.math.div(
            tf.math.mul(tf.constant(2f), tf.sum(tf.math.mul(l, p), axes)),
            tf.math.add(tf.math.add(tf.sum(l, axes), tf.sum(p, axes)), tf.constant(EPSILON)));
    Operand<TFloat32> classes = tf.constant((float) l.shape().get(rank - 1));
    return tf.math.sub(
        tf.constant(1f), tf.math.divNoNan(Maps.total(tf, dice), tf.math.mul(samples, classes)));
  }

  private Operand<TFloat32> weighted(
      Ops tf, Operand<TFloat32> l, Operand<TFloat32> p, Operand<TInt32> axes, long classes) {
    Operand<TFloat32> intersection = tf.sum(tf.math.mul(l, p), axes);
    Operand<TFloat32> sizes = tf.sum(tf.math.add(l, p), axes);
    if (this == GENERALIZED) {
      Operand<TFloat32> truth = tf.sum(l, axes);
      Operand<TFloat32> weights =
          tf.math.div(
              tf.constant(1f), tf.math.add(tf.math.mul(truth, truth), tf.constant(EPSILON)));
      return tf.math.sub(
          tf.constant(1f),
          tf.math.divNoNan(
              tf.math.mul(tf.constant(2f), Maps.total(tf, tf.math.mul(weights, intersection))),
              Maps.total(tf, tf.math.mul(weights, sizes))));
    }
    Operand<TFloat32> dice =
        tf.math.div(
            tf.math.mul(tf.constant(2f), intersection), tf.math.add(sizes, tf.constant(EPSILON)));
    Operand<TFloat32> weightedDice = tf.math.mul(tf.math.exp(tf.math.neg(dice)), dice);
    return tf.math.sub(
        tf.constant(1f),
        tf.math.div(Maps.total(tf, weightedDice), tf.constant((float) (classes * Math.exp(-1)))));
  }
}
