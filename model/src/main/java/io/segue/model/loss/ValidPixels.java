package io.segue.model.loss;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Logits and labels of the same size as rows of pixels, for losses that count a pixel only if its
 * label is a class and not the ignore label.
 *
 * @param logits {@code [images, pixels, classes]}
 * @param truth one-hot labels {@code [images, pixels, classes]}, all zero where not valid
 * @param valid {@code [images, pixels]}, 0 or 1
 */
record ValidPixels(
    Operand<TFloat32> logits, Operand<TFloat32> truth, Operand<TFloat32> valid, int classes) {

  /** Resizes the logits to the labels' size (bilinear) and forms the rows. */
  static ValidPixels of(
      Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels, int ignore, boolean perImage) {
    int classes = Maps.classes(logits);
    if (labels.shape().get(3) != 1) {
      throw new IllegalArgumentException(
          "labels of shape %s; this loss takes one label layer".formatted(labels.shape()));
    }
    Operand<TFloat32> x = Maps.bilinear(tf, logits, Maps.size(tf, labels));
    Operand<TInt32> indices = Maps.indices(tf, labels);
    Operand<TBool> isClass =
        tf.math.logicalAnd(
            tf.math.greaterEqual(indices, tf.constant(0)),
            tf.math.less(indices, tf.constant(classes)));
    Operand<TBool> counts =
        tf.math.logicalAnd(isClass, tf.math.notEqual(indices, tf.constant(ignore)));
    Operand<TInt32> images =
        perImage
            ? tf.slice(tf.shape(labels), tf.constant(new int[] {0}), tf.constant(new int[] {1}))
            : tf.constant(new int[] {1});
    Operand<TInt32> map = rows(tf, images, -1);
    Operand<TFloat32> valid = tf.reshape(Maps.number(tf, counts), map);
    Operand<TFloat32> truth = Maps.oneHot(tf, tf.reshape(indices, map), classes);
    return new ValidPixels(
        tf.reshape(x, rows(tf, images, -1, classes)),
        tf.math.mul(truth, tf.expandDims(valid, tf.constant(2))),
        valid,
        classes);
  }

  private static Operand<TInt32> rows(Ops tf, Operand<TInt32> images, int... rest) {
    return tf.concat(List.of(images, tf.constant(rest)), tf.constant(0));
  }

  /** Softmax probabilities, 0 where not valid. */
  Operand<TFloat32> probabilities(Ops tf) {
    return tf.math.mul(tf.nn.softmax(logits), tf.expandDims(valid, tf.constant(2)));
  }

  /** Valid true pixels by class, {@code [images, classes]}. */
  Operand<TFloat32> truthCount(Ops tf) {
    return tf.sum(truth, tf.constant(1));
  }

  /**
   * Mean over images of the mean over classes of {@code losses [images, classes]}; an image without
   * a class to average over gives 0.
   */
  Operand<TFloat32> mean(Ops tf, Operand<TFloat32> losses, ClassesMode mode) {
    Operand<TFloat32> perImage =
        switch (mode) {
          case ALL -> tf.math.mean(losses, tf.constant(1));
          case PRESENT -> {
            Operand<TFloat32> present =
                Maps.number(tf, tf.math.greater(truthCount(tf), tf.constant(0f)));
            yield tf.math.divNoNan(
                tf.sum(tf.math.mul(losses, present), tf.constant(1)),
                tf.sum(present, tf.constant(1)));
          }
        };
    return tf.math.mean(perImage, tf.constant(0));
  }
}
