package io.segue.model.config;

import java.util.Optional;

/**
 * {@code backbone.mobilenet}; see {@code official/vision/modeling/backbones/mobilenet.py}.
 *
 * @param modelId {@code MobileNetV1}, {@code MobileNetV2}, {@code MobileNetV3Large} or {@code
 *     MobileNetV3Small}
 * @param filterSizeScale width factor of all filters, above 0
 * @param stochasticDepthDropRate drop rate of blocks in training, 0 to 1
 * @param flatStochasticDepthDropRate the same rate for all blocks instead of one that grows with
 *     depth
 * @param outputStride stride of the coarsest map: 2, 4, 8, 16 or 32; absent means 32
 * @param outputIntermediateEndpoints also return {@code L/depthwise} for each level L
 */
public record MobileNetConfig(
    String modelId,
    double filterSizeScale,
    double stochasticDepthDropRate,
    boolean flatStochasticDepthDropRate,
    Optional<Integer> outputStride,
    boolean outputIntermediateEndpoints)
    implements BackboneConfig {
  /** The reference's defaults: MobileNetV2. */
  public static final MobileNetConfig DEFAULT =
      new MobileNetConfig("MobileNetV2", 1, 0, true, Optional.empty(), false);

  @Override
  public String type() {
    return "mobilenet";
  }

  /** MobileNetV2 with its depthwise endpoints, as a segmentation network uses it. */
  public static MobileNetConfig v2(double filterSizeScale, int outputStride) {
    return new MobileNetConfig(
        "MobileNetV2", filterSizeScale, 0, true, Optional.of(outputStride), true);
  }
}
