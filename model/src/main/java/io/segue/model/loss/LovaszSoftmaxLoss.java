package io.segue.model.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Lovász-Softmax (Berman et al. 2018): the Lovász extension of the Jaccard loss, a surrogate for
 * mean IoU. Pixels that are ignored or of no class are left out.
 *
 * @param classes over which classes the mean goes; an absent class costs its largest probability
 * @param perImage one set of pixels an image, and the mean over images, instead of one set a batch
 */
public record LovaszSoftmaxLoss(int ignoreLabel, ClassesMode classes, boolean perImage)
    implements Loss {

  /** Over the batch, present classes. */
  public static LovaszSoftmaxLoss ignoring(int ignore) {
    return new LovaszSoftmaxLoss(ignore, ClassesMode.PRESENT, false);
  }

  @Override
  public Operand<TFloat32> value(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels) {
    ValidPixels pixels = ValidPixels.of(tf, logits, labels, ignoreLabel, perImage);
    // Ignored pixels have error 0 and truth 0: they sort last and change nothing.
    Operand<TFloat32> truth = classesFirst(tf, pixels.truth());
    Operand<TFloat32> errors =
        tf.math.abs(tf.math.sub(truth, classesFirst(tf, pixels.probabilities(tf))));
    // TopK has no gradient: it only finds the order.
    Operand<TInt32> count =
        tf.reshape(
            tf.slice(tf.shape(errors), tf.constant(new int[] {2}), tf.constant(new int[] {1})),
            tf.constant(new int[0]));
    TopK<TFloat32, TInt32> sorted = tf.nn.topK(tf.stopGradient(errors), count, TInt32.class);
    Operand<TFloat32> errorsInOrder = inOrder(tf, errors, sorted.indices());
    Operand<TFloat32> truthInOrder = inOrder(tf, truth, sorted.indices());
    Operand<TFloat32> weights = tf.stopGradient(jaccardSteps(tf, truthInOrder));
    Operand<TFloat32> losses = tf.sum(tf.math.mul(errorsInOrder, weights), tf.constant(2));
    return pixels.mean(tf, losses, classes);
  }

  /** {@code [images, pixels, classes]} to {@code [images, classes, pixels]}. */
  private static Operand<TFloat32> classesFirst(Ops tf, Operand<TFloat32> values) {
    return tf.linalg.transpose(values, tf.constant(new int[] {0, 2, 1}));
  }

  private static Operand<TFloat32> inOrder(
      Ops tf, Operand<TFloat32> values, Operand<TInt32> order) {
    return tf.gather(values, order, tf.constant(2), Gather.batchDims(2L));
  }

  /** How much the Jaccard loss grows with each pixel, largest error first. */
  private static Operand<TFloat32> jaccardSteps(Ops tf, Operand<TFloat32> truth) {
    Operand<TFloat32> total = tf.sum(truth, tf.constant(2), Sum.keepDims(true));
    Operand<TFloat32> hits = tf.math.cumsum(truth, tf.constant(2));
    Operand<TFloat32> misses = tf.math.cumsum(tf.math.sub(tf.constant(1f), truth), tf.constant(2));
    Operand<TFloat32> jaccard =
        tf.math.sub(
            tf.constant(1f), tf.math.div(tf.math.sub(total, hits), tf.math.add(total, misses)));
    Operand<TInt32> shape = tf.shape(jaccard);
    Operand<TFloat32> before =
        tf.slice(
            tf.pad(jaccard, tf.constant(new int[][] {{0, 0}, {0, 0}, {1, 0}}), tf.constant(0f)),
            tf.constant(new int[] {0, 0, 0}),
            shape);
    return tf.math.sub(jaccard, before);
  }
}
