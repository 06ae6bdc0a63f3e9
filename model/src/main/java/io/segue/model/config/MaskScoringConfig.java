package io.segue.model.config;

import java.util.List;

/**
 * {@code mask_scoring_head}; see {@code MaskScoring} in {@code
 * official/vision/modeling/heads/segmentation_heads.py}.
 *
 * @param numConvs convolutions on the logits
 * @param numFilters their channels
 * @param useDepthwiseConvolution a depthwise 3×3 and a 1×1 convolution instead of each 3×3
 * @param fcInputSize height and width that the features are resized to before the dense layers; has
 *     no default
 * @param numFcs dense layers before the scores
 * @param fcDims their width
 */
public record MaskScoringConfig(
    int numConvs,
    int numFilters,
    boolean useDepthwiseConvolution,
    List<Integer> fcInputSize,
    int numFcs,
    int fcDims) {
  /** The reference's defaults; {@code fc_input_size} has to be given. */
  public static final MaskScoringConfig DEFAULT =
      new MaskScoringConfig(4, 128, false, List.of(), 2, 1024);

  public MaskScoringConfig {
    fcInputSize = List.copyOf(fcInputSize);
  }
}
