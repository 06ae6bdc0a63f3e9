package io.segue.model.config;

import java.util.Map;
import java.util.Optional;

/**
 * {@code head}; see {@code official/vision/modeling/heads/segmentation_heads.py}.
 *
 * @param level the decoder level to predict from, or to fuse to
 * @param numConvs convolutions before the classifier
 * @param numFilters their channels
 * @param useDepthwiseConvolution a depthwise 3×3 and a 1×1 convolution instead of each 3×3
 * @param predictionKernelSize kernel of the classifier
 * @param upsampleFactor pixel replication before the classifier, 1 for none
 * @param featureFusion absent predicts from the decoder's level alone
 * @param lowLevel backbone endpoint of the DeepLabV3+ fusions, such as {@code 2} or {@code
 *     2/depthwise}
 * @param lowLevelNumFilters channels it is projected to
 * @param decoderMinLevel finest decoder level of the panoptic fusion
 * @param decoderMaxLevel coarsest decoder level of the panoptic fusion
 * @param logitActivation activation applied to the logits; leave absent for training
 * @param type {@code segmentation} for the reference's head; any other name is a head that a
 *     library on the class path provides
 * @param options what such a head reads; empty for the reference's
 */
public record SegmentationHeadConfig(
    int level,
    int numConvs,
    int numFilters,
    boolean useDepthwiseConvolution,
    int predictionKernelSize,
    int upsampleFactor,
    Optional<FeatureFusion> featureFusion,
    String lowLevel,
    int lowLevelNumFilters,
    Optional<Integer> decoderMinLevel,
    Optional<Integer> decoderMaxLevel,
    Optional<String> logitActivation,
    String type,
    Map<String, Object> options) {
  /** The type of the reference's head. */
  public static final String SEGMENTATION = "segmentation";

  /** The reference's defaults. */
  public static final SegmentationHeadConfig DEFAULT =
      new SegmentationHeadConfig(
          3,
          2,
          256,
          false,
          1,
          1,
          Optional.empty(),
          "2",
          48,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          SEGMENTATION,
          Map.of());

  public SegmentationHeadConfig {
    options = Map.copyOf(options);
  }
}
