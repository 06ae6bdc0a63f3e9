package io.segue.model.config;

import java.util.List;
import java.util.Optional;

/**
 * {@code backbone.dilated_resnet}; see {@code
 * official/vision/modeling/backbones/resnet_deeplab.py}. The last two options are constructor
 * arguments of the reference that its configuration does not offer.
 *
 * @param modelId 50, 101, 152 or 200
 * @param outputStride stride of the coarsest map: 8, 16 or 32
 * @param multigrid dilation factors of the last group's blocks, one a block
 * @param stemType {@code v0} (one 7×7 convolution) or {@code v1} (three 3×3)
 * @param lastStageRepeats how often the last group is repeated, 1 or more
 * @param seRatio squeeze-and-excitation ratio, 0 for none, at most 1
 * @param stochasticDepthDropRate largest drop rate of a block in training, 0 to 1
 * @param resnetdShortcut average pool before the projection
 * @param replaceStemMaxPool a strided convolution in place of the stem's max pool
 */
public record DilatedResNetConfig(
    int modelId,
    int outputStride,
    Optional<List<Integer>> multigrid,
    String stemType,
    int lastStageRepeats,
    double seRatio,
    double stochasticDepthDropRate,
    boolean resnetdShortcut,
    boolean replaceStemMaxPool)
    implements BackboneConfig {
  /** The reference's defaults: ResNet-50 with output stride 16. */
  public static final DilatedResNetConfig DEFAULT =
      new DilatedResNetConfig(50, 16, Optional.empty(), "v0", 1, 0, 0, false, false);

  public DilatedResNetConfig {
    multigrid = multigrid.filter(factors -> !factors.isEmpty()).map(List::copyOf);
  }

  @Override
  public String type() {
    return "dilated_resnet";
  }
}
