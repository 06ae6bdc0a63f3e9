package io.segue.model.train;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Stochastic gradient descent: {@code m = momentum * m - rate * g; w += m}, or with Nesterov's look
 * ahead {@code w += momentum * m - rate * g}. Weight decay comes in through the loss only.
 *
 * @param momentum 0: none, and no slot
 */
public record Sgd(double momentum, boolean nesterov, GradientClipping clipping)
    implements Optimizer {

  /** Plain momentum without clipping. */
  public static Sgd withMomentum(double momentum) {
    return new Sgd(momentum, false, GradientClipping.NONE);
  }

  @Override
  public void write(Update u) {
    Operand<TFloat32> scaled = u.mul(u.learningRate(), u.gradient());
    if (momentum == 0) {
      u.subtract(scaled);
      return;
    }
    // The slot holds the movement itself: its sign is that of the update.
    Operand<TFloat32> movement =
        u.remember("momentum", u.sub(u.mul(momentum, u.slot("momentum", 0)), scaled));
    u.subtract(nesterov ? u.sub(scaled, u.mul(momentum, movement)) : u.mul(-1, movement));
  }
}
