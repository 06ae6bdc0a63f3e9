package io.segue.model.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** {@code max(x, 0) - x t + log1p(exp(-|x|))}: the form that neither overflows nor loses digits. */
final class SigmoidCrossEntropy {
  private SigmoidCrossEntropy() {}

  static Operand<TFloat32> elements(Ops tf, Operand<TFloat32> x, Operand<TFloat32> target) {
    Operand<TFloat32> zeros = tf.zerosLike(x);
    Operand<TBool> positive = tf.math.greaterEqual(x, zeros);
    Operand<TFloat32> minusAbsolute = tf.select(positive, tf.math.neg(x), x);
    return tf.math.add(
        tf.math.sub(tf.select(positive, x, zeros), tf.math.mul(x, target)),
        tf.math.log1p(tf.math.exp(minusAbsolute)));
  }
}
