package io.segue.model.layer;

import io.segue.model.config.NormActivationConfig;

/**
 * Batch norm over the channels, with scale and centre.
 *
 * @param momentum share of the old value in a moving average
 * @param epsilon added to the variance
 * @param synchronised whether the biased batch variance feeds the moving variance (the reference's
 *     {@code use_sync_bn}); otherwise the unbiased one does, except behind dense layers
 * @param trainable false uses the moving statistics in training too, and leaves them as they are
 */
public record Norm(double momentum, double epsilon, boolean synchronised, boolean trainable) {
  /** The norm that a network's configuration asks for. */
  public static Norm of(NormActivationConfig config) {
    return new Norm(config.normMomentum(), config.normEpsilon(), config.useSyncBn(), true);
  }

  /** The same, frozen or not. */
  public Norm trainable(boolean trainable) {
    return new Norm(momentum, epsilon, synchronised, trainable);
  }
}
