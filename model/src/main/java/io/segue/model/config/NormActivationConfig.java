package io.segue.model.config;

/**
 * Batch norm and activation of all parts of a network: {@code norm_activation}.
 *
 * @param activation the activation's name, such as {@code relu} or {@code swish}
 * @param useSyncBn whether the biased batch variance feeds the moving variance (the reference's
 *     cross-replica batch norm) instead of the unbiased one
 * @param normMomentum share of the old value in a moving average, 0 to 1
 * @param normEpsilon added to the variance, above 0
 */
public record NormActivationConfig(
    String activation, boolean useSyncBn, double normMomentum, double normEpsilon) {
  /** The reference's defaults. */
  public static final NormActivationConfig DEFAULT =
      new NormActivationConfig("relu", true, 0.99, 0.001);

  public NormActivationConfig {
    if (!(normMomentum >= 0 && normMomentum <= 1)) {
      throw new ConfigException(
          "norm_activation.norm_momentum: %s is outside 0 to 1".formatted(normMomentum));
    }
    if (!(normEpsilon > 0)) {
      throw new ConfigException(
          "norm_activation.norm_epsilon: %s is not above 0".formatted(normEpsilon));
    }
  }

  /** The same with another momentum. */
  public NormActivationConfig withNormMomentum(double momentum) {
    return new NormActivationConfig(activation, useSyncBn, momentum, normEpsilon);
  }
}
