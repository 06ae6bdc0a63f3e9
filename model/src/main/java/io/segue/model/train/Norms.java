package io.segue.model.train;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Euclidean norms of tensors. */
final class Norms {
  private Norms() {}

  static Operand<TFloat32> squared(Ops tf, Operand<TFloat32> a) {
    Operand<TFloat32> flat = tf.reshape(a, tf.constant(new int[] {-1}));
    return tf.sum(tf.math.mul(flat, flat), tf.constant(0));
  }

  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> a) {
    return tf.math.sqrt(squared(tf, a));
  }
}
