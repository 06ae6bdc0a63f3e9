package io.segue.model.layer;

import io.segue.model.config.NormActivationConfig;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What follows a convolution: batch norm, then an activation.
 *
 * @param norm the norm
 * @param activation the activation
 */
public record NormActivation(Norm norm, Activation activation) {
  /** What a network's configuration asks for. */
  public static NormActivation of(NormActivationConfig config) {
    return new NormActivation(Norm.of(config), Activation.named(config.activation()));
  }

  /** The same norm with another activation. */
  public NormActivation with(Activation other) {
    return new NormActivation(norm, other);
  }

  /** The same with the activation {@linkplain Activation#asFunction as a function}. */
  public NormActivation asFunction() {
    return with(activation.asFunction());
  }

  /** A convolution, the norm and the activation. */
  public Operand<TFloat32> conv(
      Layers layers, String convKey, Conv conv, String normKey, Operand<TFloat32> x) {
    return activation.apply(layers.tf(), layers.convNorm(convKey, conv, normKey, norm, x));
  }
}
