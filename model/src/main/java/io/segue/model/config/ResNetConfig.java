package io.segue.model.config;

/**
 * {@code backbone.resnet}; see {@code official/vision/modeling/backbones/resnet.py}.
 *
 * @param modelId 10, 18, 26, 34, 50, 101, 152, 200, 270, 350 or 420
 * @param depthMultiplier factor of all filters, above 0
 * @param stemType {@code v0} (one 7×7 convolution) or {@code v1} (three 3×3)
 * @param seRatio squeeze-and-excitation ratio, 0 for none, at most 1
 * @param stochasticDepthDropRate largest drop rate of a block in training, 0 to 1
 * @param scaleStem whether the depth multiplier applies to the stem
 * @param resnetdShortcut average pool before the projection, in bottleneck blocks
 * @param replaceStemMaxPool a strided convolution in place of the stem's max pool
 * @param bnTrainable false freezes all batch norms: they use and keep their moving statistics
 */
public record ResNetConfig(
    int modelId,
    double depthMultiplier,
    String stemType,
    double seRatio,
    double stochasticDepthDropRate,
    boolean scaleStem,
    boolean resnetdShortcut,
    boolean replaceStemMaxPool,
    boolean bnTrainable)
    implements BackboneConfig {
  /** The reference's defaults: ResNet-50. */
  public static final ResNetConfig DEFAULT =
      new ResNetConfig(50, 1, "v0", 0, 0, true, false, false, true);

  @Override
  public String type() {
    return "resnet";
  }
}
