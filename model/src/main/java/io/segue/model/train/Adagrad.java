package io.segue.model.train;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Adagrad (Duchi et al. 2011): {@code a += g²; w -= rate * g / (√a + epsilon)}. */
public record Adagrad(double initialAccumulatorValue, double epsilon, GradientClipping clipping)
    implements Optimizer {

  /** Keras' defaults. */
  public static final Adagrad DEFAULT = new Adagrad(0.1, 1e-7, GradientClipping.NONE);

  @Override
  public void write(Update u) {
    Operand<TFloat32> sum =
        u.remember(
            "accumulator",
            u.add(
                u.slot("accumulator", (float) initialAccumulatorValue),
                u.mul(u.gradient(), u.gradient())));
    u.subtract(
        u.div(u.mul(u.learningRate(), u.gradient()), u.add(u.sqrt(sum), u.constant(epsilon))));
  }
}
