package io.segue.model.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The Model Garden's {@code adamw} (AdamWeightDecay): decoupled decay with the scheduled rate,
 * after clipping by the global norm.
 *
 * @param gradientClipNorm largest norm of all gradients together; 0: no clipping
 * @param includeInWeightDecay names decayed in any case (regular expressions)
 * @param excludeFromWeightDecay names not decayed
 */
public record AdamW(
    @JsonProperty("beta_1") double beta1,
    @JsonProperty("beta_2") double beta2,
    double epsilon,
    boolean amsgrad,
    double weightDecayRate,
    List<String> includeInWeightDecay,
    List<String> excludeFromWeightDecay,
    double gradientClipNorm)
    implements Optimizer {

  /** The reference's defaults. */
  public static final AdamW DEFAULT =
      new AdamW(0.9, 0.999, 1e-7, false, 0, List.of(), List.of(), 1);

  /** Copies the lists. */
  public AdamW {
    includeInWeightDecay = List.copyOf(includeInWeightDecay);
    excludeFromWeightDecay = List.copyOf(excludeFromWeightDecay);
  }

  @Override
  public GradientClipping clipping() {
    return gradientClipNorm == 0
        ? GradientClipping.NONE
        : GradientClipping.globalNorm(gradientClipNorm);
  }

  @Override
  public void write(Update u) {
    Operand<TFloat32> step =
        new Adam(beta1, beta2, epsilon, amsgrad, GradientClipping.NONE).step(u);
    boolean decayed =
        new DecayFilter(includeInWeightDecay, excludeFromWeightDecay).applies(u.name());
    u.subtract(
        decayed && weightDecayRate > 0
            ? u.add(step, u.mul(u.mul(weightDecayRate, u.learningRate()), u.weight()))
            : step);
  }
}
