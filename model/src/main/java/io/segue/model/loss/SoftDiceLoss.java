package io.segue.model.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Soft Dice: {@code 1 - (2 I + smooth) / (S + smooth)} by class, with I the probability mass on
 * true pixels and S that on all pixels plus their number (Milletari et al. 2016, with plain sums).
 * Pixels that are ignored or of no class are left out.
 *
 * @param perImage sums by image and mean over images, instead of sums over the batch
 * @param smooth added above and below, 0 or more
 */
public record SoftDiceLoss(int ignoreLabel, ClassesMode classes, boolean perImage, double smooth)
    implements Loss {

  /** Over the batch, present classes, smooth 1. */
  public static SoftDiceLoss ignoring(int ignore) {
    return new SoftDiceLoss(ignore, ClassesMode.PRESENT, false, 1);
  }

  @Override
  public Operand<TFloat32> value(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels) {
    ValidPixels pixels = ValidPixels.of(tf, logits, labels, ignoreLabel, perImage);
    Operand<TFloat32> probabilities = pixels.probabilities(tf);
    Operand<TFloat32> overlap = tf.sum(tf.math.mul(probabilities, pixels.truth()), tf.constant(1));
    Operand<TFloat32> sizes =
        tf.math.add(tf.sum(probabilities, tf.constant(1)), pixels.truthCount(tf));
    Operand<TFloat32> smoothing = tf.constant((float) smooth);
    Operand<TFloat32> dice =
        tf.math.divNoNan(
            tf.math.add(tf.math.mul(tf.constant(2f), overlap), smoothing),
            tf.math.add(sizes, smoothing));
    return pixels.mean(tf, tf.math.sub(tf.constant(1f), dice), classes);
  }
}
