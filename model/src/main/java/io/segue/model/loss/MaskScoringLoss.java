package io.segue.model.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Squared error of predicted mask scores against the IoU that the logits really have, by class: the
 * Model Garden's {@code MaskScoringLoss}. A class that neither truth nor prediction contain is
 * regressed to 0. No gradient reaches the logits.
 */
public record MaskScoringLoss(int ignoreLabel) {
  private static final float EPSILON = 1e-5f;

  /**
   * Adds the loss to the graph.
   *
   * @param scores predicted IoU, {@code [batch, classes]}
   * @param logits {@code [batch, H, W, classes]}
   * @param labels {@code [batch, h, w, 1]}
   * @return the scalar loss
   */
  public Operand<TFloat32> value(
      Ops tf, Operand<TFloat32> scores, Operand<TFloat32> logits, Operand<TFloat32> labels) {
    Operand<TFloat32> error = tf.math.sub(actualScores(tf, logits, labels), scores);
    Operand<TFloat32> perSample = tf.math.mean(tf.math.mul(error, error), tf.constant(1));
    return tf.math.mean(perSample, tf.constant(0));
  }

  /** IoU of each sample and class at the logits' size, {@code [batch, classes]}. */
  public Operand<TFloat32> actualScores(
      Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels) {
    int classes = Maps.classes(logits);
    Operand<TFloat32> fixed = tf.stopGradient(logits);
    Operand<TInt32> truth =
        Maps.onlyLayer(tf, Maps.indices(tf, Maps.nearest(tf, labels, Maps.size(tf, logits))));
    Operand<TInt32> predicted = tf.math.argMax(fixed, tf.constant(3), TInt32.class);
    Operand<TBool> kept = tf.math.notEqual(truth, tf.constant(ignoreLabel));
    Operand<TFloat32> keep = tf.expandDims(Maps.number(tf, kept), tf.constant(3));
    Operand<TFloat32> t = tf.math.mul(Maps.oneHot(tf, truth, classes), keep);
    Operand<TFloat32> p = tf.math.mul(Maps.oneHot(tf, predicted, classes), keep);
    Operand<TInt32> area = tf.constant(new int[] {1, 2});
    Operand<TFloat32> intersection = tf.sum(tf.math.mul(t, p), area);
    Operand<TFloat32> union = tf.sum(tf.math.maximum(t, p), area);
    return tf.math.div(intersection, tf.math.maximum(union, tf.constant(EPSILON)));
  }
}
