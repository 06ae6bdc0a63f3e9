package io.segue.model.config;

/**
 * {@code backbone.efficientnet}; see {@code official/vision/modeling/backbones/efficientnet.py}.
 *
 * @param modelId {@code b0} to {@code b7}
 * @param seRatio squeeze-and-excitation ratio; 0, the reference's default, for none (0.25 in the
 *     paper)
 * @param stochasticDepthDropRate drop rate of every block in training, 0 to 1
 * @param seInnerActivation activation inside squeeze-and-excitation, a constructor argument that
 *     the reference's configuration does not offer
 */
public record EfficientNetConfig(
    String modelId, double seRatio, double stochasticDepthDropRate, String seInnerActivation)
    implements BackboneConfig {
  /** The reference's defaults: b0 without squeeze-and-excitation. */
  public static final EfficientNetConfig DEFAULT = new EfficientNetConfig("b0", 0, 0, "relu");

  @Override
  public String type() {
    return "efficientnet";
  }
}
