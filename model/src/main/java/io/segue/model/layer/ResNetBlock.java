package io.segue.model.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A block with a shortcut around its convolutions. */
public interface ResNetBlock {
  /** Builds the block; its weights lie below {@code key}. */
  Operand<TFloat32> build(Layers layers, String key, Operand<TFloat32> x);

  /** Squeeze-and-excitation and stochastic depth on the branch, the sum, the activation. */
  static Operand<TFloat32> close(
      Layers layers,
      String key,
      double seRatio,
      double dropRate,
      NormActivation style,
      Operand<TFloat32> shortcut,
      Operand<TFloat32> branch) {
    Ops tf = layers.tf();
    Operand<TFloat32> y = branch;
    if (seRatio > 0) {
      int filters = Convolution.channels(branch);
      y =
          SqueezeExcitation.of(
                  filters, filters, seRatio, 1, true, Activation.RELU, Activation.SIGMOID)
              .build(layers, key + "/_squeeze_excitation", y);
    }
    return style.activation().apply(tf, tf.math.add(layers.stochasticDepth(dropRate, y), shortcut));
  }
}
