package io.segue.model.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The Model Garden's {@code FocalLoss} (Lin et al. 2017), one sigmoid an element. It belongs to its
 * detectors; for segmentation with an ignore label take {@link SoftmaxFocalLoss}. A target counts
 * as positive if it equals 1 exactly, so that a soft 0.9 is a negative.
 *
 * @param alpha weight of positives; negatives have the rest to 1
 * @param gamma how much easy elements are discounted
 */
public record SigmoidFocalLoss(double alpha, double gamma) {

  /**
   * The loss of each element, for the caller to sum or average.
   *
   * @param logits any shape
   * @param targets of the same shape, 0–1
   */
  public Operand<TFloat32> elements(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> targets) {
    var positive = tf.math.equal(targets, tf.constant(1f));
    Operand<TFloat32> one = tf.math.add(tf.zerosLike(logits), tf.constant(1f));
    Operand<TFloat32> sigmoid = tf.math.sigmoid(logits);
    Operand<TFloat32> ofTruth = tf.select(positive, sigmoid, tf.math.sub(one, sigmoid));
    Operand<TFloat32> weight =
        tf.select(
            positive,
            tf.math.mul(one, tf.constant((float) alpha)),
            tf.math.mul(one, tf.constant((float) (1 - alpha))));
    Operand<TFloat32> focus = tf.math.pow(tf.math.sub(one, ofTruth), tf.constant((float) gamma));
    return tf.math.mul(
        tf.math.mul(focus, SigmoidCrossEntropy.elements(tf, logits, targets)), weight);
  }
}
