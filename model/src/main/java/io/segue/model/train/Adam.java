package io.segue.model.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Adam (Kingma and Ba 2015) as Keras writes it: epsilon stands outside the bias-corrected root.
 *
 * @param amsgrad divide by the largest uncorrected second moment so far (Reddi et al. 2018)
 */
public record Adam(
    @JsonProperty("beta_1") double beta1,
    @JsonProperty("beta_2") double beta2,
    double epsilon,
    boolean amsgrad,
    GradientClipping clipping)
    implements Optimizer {

  /** Keras' defaults. */
  public static final Adam DEFAULT = new Adam(0.9, 0.999, 1e-7, false, GradientClipping.NONE);

  @Override
  public void write(Update u) {
    u.subtract(step(u));
  }

  Operand<TFloat32> step(Update u) {
    Operand<TFloat32> m = u.remember("m", u.blend(beta1, u.slot("m", 0), u.gradient()));
    Operand<TFloat32> v =
        u.remember("v", u.blend(beta2, u.slot("v", 0), u.mul(u.gradient(), u.gradient())));
    if (amsgrad) {
      v = u.remember("vhat", u.max(u.slot("vhat", 0), v));
    }
    Operand<TFloat32> rate =
        u.div(u.mul(u.learningRate(), u.sqrt(u.biasCorrection(beta2))), u.biasCorrection(beta1));
    return u.div(u.mul(rate, m), u.add(u.sqrt(v), u.constant(epsilon)));
  }
}
