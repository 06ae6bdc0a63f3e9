package io.segue.model.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The reference's {@code adamw_experimental}: Keras' own AdamW, which decays every parameter. */
public record KerasAdamW(
    @JsonProperty("beta_1") double beta1,
    @JsonProperty("beta_2") double beta2,
    double epsilon,
    boolean amsgrad,
    double weightDecay,
    GradientClipping clipping)
    implements Optimizer {

  /** The reference's defaults. */
  public static final KerasAdamW DEFAULT =
      new KerasAdamW(0.9, 0.999, 1e-7, false, 0.004, GradientClipping.globalNorm(1));

  @Override
  public void write(Update u) {
    Operand<TFloat32> step =
        new Adam(beta1, beta2, epsilon, amsgrad, GradientClipping.NONE).step(u);
    u.subtract(u.add(step, u.mul(u.mul(weightDecay, u.learningRate()), u.weight())));
  }
}
