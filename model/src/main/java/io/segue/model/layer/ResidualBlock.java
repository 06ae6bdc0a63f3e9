package io.segue.model.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Two 3×3 convolutions around a shortcut (He et al. 2016; {@code ResidualBlock} of the reference's
 * {@code nn_blocks.py}). Weights below its key: {@code _shortcut}, {@code _norm0} (with
 * projection), {@code _conv1}, {@code _norm1}, {@code _conv2}, {@code _norm2}, {@code
 * _squeeze_excitation}.
 *
 * @param filters channels out
 * @param stride of the first convolution and of the shortcut
 * @param projection a convolution on the shortcut
 * @param seRatio squeeze-and-excitation ratio, 0 for none
 * @param dropRate stochastic depth in training
 * @param explicitPadding pads one pixel on each side instead of as TensorFlow's SAME does
 * @param style norm and activation
 */
public record ResidualBlock(
    int filters,
    int stride,
    boolean projection,
    double seRatio,
    double dropRate,
    boolean explicitPadding,
    NormActivation style)
    implements ResNetBlock {

  @Override
  public Operand<TFloat32> build(Layers layers, String key, Operand<TFloat32> x) {
    Ops tf = layers.tf();
    NormActivation function = style.asFunction();
    Operand<TFloat32> shortcut = x;
    if (projection) {
      Conv project = Conv.of(filters, 1).valid().stride(stride);
      shortcut = layers.convNorm(key + "/_shortcut", project, key + "/_norm0", style.norm(), x);
    }
    Conv first = Conv.of(filters, 3).stride(stride);
    Operand<TFloat32> y = x;
    if (explicitPadding) {
      first = first.valid();
      y = tf.pad(x, tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}), tf.constant(0f));
    }
    y = function.conv(layers, key + "/_conv1", first, key + "/_norm1", y);
    y = layers.convNorm(key + "/_conv2", Conv.of(filters, 3), key + "/_norm2", style.norm(), y);
    return ResNetBlock.close(layers, key, seRatio, dropRate, function, shortcut, y);
  }
}
