package io.segue.model.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * LAMB (You et al. 2020): Adam's bias-corrected direction plus weight decay, scaled by {@code |w| /
 * |direction|}.
 *
 * @param excludeFromLayerAdaptation names that keep the plain rate; empty: those without weight
 *     decay
 */
public record Lamb(
    @JsonProperty("beta_1") double beta1,
    @JsonProperty("beta_2") double beta2,
    double epsilon,
    double weightDecayRate,
    List<String> excludeFromWeightDecay,
    List<String> excludeFromLayerAdaptation,
    GradientClipping clipping)
    implements Optimizer {

  /** The reference's defaults. */
  public static final Lamb DEFAULT =
      new Lamb(0.9, 0.999, 1e-6, 0, List.of(), List.of(), GradientClipping.NONE);

  /** Copies the lists. */
  public Lamb {
    excludeFromWeightDecay = List.copyOf(excludeFromWeightDecay);
    excludeFromLayerAdaptation = List.copyOf(excludeFromLayerAdaptation);
  }

  @Override
  public void write(Update u) {
    Operand<TFloat32> m = u.remember("m", u.blend(beta1, u.slot("m", 0), u.gradient()));
    Operand<TFloat32> v =
        u.remember("v", u.blend(beta2, u.slot("v", 0), u.mul(u.gradient(), u.gradient())));
    Operand<TFloat32> direction =
        u.div(
            u.div(m, u.biasCorrection(beta1)),
            u.add(u.sqrt(u.div(v, u.biasCorrection(beta2))), u.constant(epsilon)));
    if (weightDecayRate > 0 && keeps(excludeFromWeightDecay, u)) {
      direction = u.add(direction, u.mul(weightDecayRate, u.weight()));
    }
    List<String> exempt =
        excludeFromLayerAdaptation.isEmpty() ? excludeFromWeightDecay : excludeFromLayerAdaptation;
    Operand<TFloat32> rate =
        keeps(exempt, u)
            ? u.mul(u.learningRate(), u.trustRatio(u.norm(u.weight()), u.norm(direction)))
            : u.learningRate();
    u.subtract(u.mul(rate, direction));
  }

  private static boolean keeps(List<String> exclude, Update u) {
    return new DecayFilter(List.of(), exclude).applies(u.name());
  }
}
