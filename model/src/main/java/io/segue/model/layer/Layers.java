package io.segue.model.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Builds layers in a graph and gives them their weights by checkpoint key. Network code is written
 * against this interface once; whether it becomes a training graph or a serving graph is decided
 * here.
 *
 * <p>A key is the path of a layer, such as {@code backbone/layer_with_weights-0/_conv0}; its
 * weights lie below it ({@code kernel}, {@code bias}, {@code gamma}, …). Channels must be known
 * statically, other sizes need not be.
 */
public interface Layers {
  /** The operations of the graph being built. */
  Ops tf();

  /** Whether batch statistics, dropout and stochastic depth apply. */
  boolean training();

  /** A trained weight that is not part of a convolution, a norm or a dense layer. */
  Operand<TFloat32> weight(String key, Shape shape, Initializer initializer, boolean regularised);

  /** A convolution. */
  Operand<TFloat32> conv(String key, Conv conv, Operand<TFloat32> x);

  /** Batch norm over the last dimension, of rank 4 or 2. */
  Operand<TFloat32> norm(String key, Norm norm, Operand<TFloat32> x);

  /** A convolution and the batch norm behind it. */
  Operand<TFloat32> convNorm(
      String convKey, Conv conv, String normKey, Norm norm, Operand<TFloat32> x);

  /**
   * {@code x · kernel + bias}.
   *
   * @param x {@code [batch, in]}
   * @return {@code [batch, units]}
   */
  default Operand<TFloat32> dense(
      String key, int units, Initializer initializer, Operand<TFloat32> x) {
    Shape shape = Shape.of(Convolution.channels(x), units);
    Operand<TFloat32> kernel = weight(key + "/kernel", shape, initializer, true);
    Operand<TFloat32> bias = weight(key + "/bias", Shape.of(units), Initializer.ZEROS, false);
    return tf().nn.biasAdd(tf().linalg.matMul(x, kernel), bias);
  }

  /** Drops this share of the values in training, scaling the others up. */
  Operand<TFloat32> dropout(double rate, Operand<TFloat32> x);

  /**
   * Drops {@code x} of whole samples with probability {@code rate} in training, scaling the others
   * up (Huang et al. 2016).
   */
  Operand<TFloat32> stochasticDepth(double rate, Operand<TFloat32> x);
}
