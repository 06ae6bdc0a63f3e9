package io.segue.model.train;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Layer-wise adaptive rate scaling (You et al. 2017): each parameter's rate is scaled by {@code
 * eeta * |w| / |g|}.
 *
 * @param classicMomentum true: the rate enters the momentum; false: the momentum is scaled
 * @param excludeFromLayerAdaptation names that keep the plain rate; empty: those without weight
 *     decay
 */
public record Lars(
    double momentum,
    double eeta,
    double weightDecayRate,
    boolean nesterov,
    boolean classicMomentum,
    List<String> excludeFromWeightDecay,
    List<String> excludeFromLayerAdaptation,
    GradientClipping clipping)
    implements Optimizer {

  /** The reference's defaults. */
  public static final Lars DEFAULT =
      new Lars(0.9, 0.001, 0, false, true, List.of(), List.of(), GradientClipping.NONE);

  /** Copies the lists. */
  public Lars {
    excludeFromWeightDecay = List.copyOf(excludeFromWeightDecay);
    excludeFromLayerAdaptation = List.copyOf(excludeFromLayerAdaptation);
  }

  @Override
  public void write(Update u) {
    Operand<TFloat32> gradient = u.gradient();
    if (weightDecayRate > 0 && keeps(excludeFromWeightDecay, u)) {
      gradient = u.add(gradient, u.mul(weightDecayRate, u.weight()));
    }
    Operand<TFloat32> old = u.slot("momentum", 0);
    if (classicMomentum) {
      Operand<TFloat32> scaled = u.mul(rate(u, gradient), gradient);
      Operand<TFloat32> velocity = u.remember("momentum", u.add(u.mul(momentum, old), scaled));
      u.subtract(nesterov ? u.add(u.mul(momentum, velocity), scaled) : velocity);
    } else {
      Operand<TFloat32> velocity = u.remember("momentum", u.add(u.mul(momentum, old), gradient));
      Operand<TFloat32> direction =
          nesterov ? u.add(u.mul(momentum, velocity), gradient) : velocity;
      u.subtract(u.mul(rate(u, direction), direction));
    }
  }

  private Operand<TFloat32> rate(Update u, Operand<TFloat32> direction) {
    List<String> exempt =
        excludeFromLayerAdaptation.isEmpty() ? excludeFromWeightDecay : excludeFromLayerAdaptation;
    if (!keeps(exempt, u)) {
      return u.learningRate();
    }
    return u.mul(
        u.learningRate(), u.trustRatio(u.mul(eeta, u.norm(u.weight())), u.norm(direction)));
  }

  private static boolean keeps(List<String> exclude, Update u) {
    return new DecayFilter(List.of(), exclude).applies(u.name());
  }
}
