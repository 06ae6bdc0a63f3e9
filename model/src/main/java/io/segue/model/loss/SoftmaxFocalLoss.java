package io.segue.model.loss;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Softmax focal loss (Lin et al. 2017): cross-entropy times {@code (1 - p)^gamma}, with p the
 * probability of the true class, over the number of valid pixels plus 1e-5. With gamma 0 and equal
 * weights it is {@link SegmentationLoss} without out-of-range labels.
 *
 * @param gamma 0 or more
 * @param alpha one factor a class; empty: all 1
 */
public record SoftmaxFocalLoss(int ignoreLabel, double gamma, List<Double> alpha) implements Loss {
  private static final float EPSILON = 1e-5f;

  /** Copies the factors. */
  public SoftmaxFocalLoss {
    alpha = List.copyOf(alpha);
  }

  /** Gamma 2, all classes alike. */
  public static SoftmaxFocalLoss ignoring(int ignore) {
    return new SoftmaxFocalLoss(ignore, 2, List.of());
  }

  @Override
  public Operand<TFloat32> value(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels) {
    ValidPixels pixels = ValidPixels.of(tf, logits, labels, ignoreLabel, false);
    Operand<TFloat32> logs = tf.reshape(logProbabilities(tf, pixels), tf.shape(pixels.logits()));
    Operand<TFloat32> ofTruth = tf.sum(tf.math.mul(logs, pixels.truth()), tf.constant(2));
    Operand<TFloat32> missing = tf.math.sub(tf.constant(1f), tf.math.exp(ofTruth));
    Operand<TFloat32> losses =
        tf.math.mul(tf.math.neg(ofTruth), tf.math.mul(focus(tf, missing), weights(tf, pixels)));
    return tf.math.div(
        Maps.total(tf, losses), tf.math.add(Maps.total(tf, pixels.valid()), tf.constant(EPSILON)));
  }

  private static Operand<TFloat32> logProbabilities(Ops tf, ValidPixels pixels) {
    return tf.nn.logSoftmax(
        tf.reshape(pixels.logits(), tf.constant(new int[] {-1, pixels.classes()})));
  }

  private Operand<TFloat32> focus(Ops tf, Operand<TFloat32> missing) {
    return gamma == 0 ? tf.constant(1f) : tf.math.pow(missing, tf.constant((float) gamma));
  }

  /** The factor of each pixel's true class; 0 where not valid. */
  private Operand<TFloat32> weights(Ops tf, ValidPixels pixels) {
    if (alpha.isEmpty()) {
      return pixels.valid();
    }
    if (alpha.size() != pixels.classes()) {
      throw new IllegalArgumentException(
          "%d alpha for %d classes".formatted(alpha.size(), pixels.classes()));
    }
    float[] factors = new float[alpha.size()];
    for (int c = 0; c < factors.length; c++) {
      factors[c] = alpha.get(c).floatValue();
    }
    return tf.sum(tf.math.mul(pixels.truth(), tf.constant(factors)), tf.constant(2));
  }
}
