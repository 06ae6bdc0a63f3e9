package io.segue.model.train;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * RMSprop (Tieleman and Hinton 2012) as legacy Keras writes it: epsilon stands outside the root
 * without momentum and inside with it.
 *
 * @param centered take the squared mean gradient off the second moment
 */
public record RmsProp(
    double rho, double momentum, double epsilon, boolean centered, GradientClipping clipping)
    implements Optimizer {

  /** Keras' defaults. */
  public static final RmsProp DEFAULT = new RmsProp(0.9, 0, 1e-7, false, GradientClipping.NONE);

  @Override
  public void write(Update u) {
    Operand<TFloat32> variance =
        u.remember("rms", u.blend(rho, u.slot("rms", 0), u.mul(u.gradient(), u.gradient())));
    if (centered) {
      Operand<TFloat32> mean = u.remember("mg", u.blend(rho, u.slot("mg", 0), u.gradient()));
      variance = u.sub(variance, u.mul(mean, mean));
    }
    Operand<TFloat32> scaled = u.mul(u.learningRate(), u.gradient());
    if (momentum == 0) {
      u.subtract(u.div(scaled, u.add(u.sqrt(variance), u.constant(epsilon))));
      return;
    }
    Operand<TFloat32> step = u.div(scaled, u.sqrt(u.add(variance, u.constant(epsilon))));
    u.subtract(u.remember("momentum", u.add(u.mul(momentum, u.slot("momentum", 0)), step)));
  }
}
