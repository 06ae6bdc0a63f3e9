package io.segue.model.backbone;

import io.segue.model.config.ConfigException;
import io.segue.model.config.DilatedResNetConfig;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.layer.BottleneckBlock;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Filters;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * ResNet that dilates instead of striding beyond an output stride (Chen et al. 2017; {@code
 * official/vision/modeling/backbones/resnet_deeplab.py}). Its coarsest level is that of the output
 * stride and holds the last block's 2048 channels.
 */
public final class DilatedResNet implements Backbone {
  private static final Set<Integer> IDS = Set.of(50, 101, 152, 200);
  private static final int LAST_GROUP = 3;

  private final DilatedResNetConfig config;
  private final NormActivation style;
  private final ResNetStem stem;
  private final List<Integer> repeats;
  private final List<Integer> multigrid;
  private final int stridedGroups;

  /**
   * A dilated ResNet.
   *
   * @throws ConfigException for an unknown id or an option that cannot be used
   */
  public DilatedResNet(DilatedResNetConfig config, NormActivationConfig normActivation) {
    this.config = config;
    this.style = NormActivation.of(normActivation);
    List<Integer> found = ResNet.REPEATS.get(config.modelId());
    if (found == null || !IDS.contains(config.modelId())) {
      throw new ConfigException(
          "backbone.dilated_resnet.model_id: %d is unknown; write 50, 101, 152 or 200"
              .formatted(config.modelId()));
    }
    this.repeats = found;
    if (!Set.of(8, 16, 32).contains(config.outputStride())) {
      throw new ConfigException(
          "backbone.dilated_resnet.output_stride: %d must be 8, 16 or 32"
              .formatted(config.outputStride()));
    }
    if (config.lastStageRepeats() < 1) {
      throw new ConfigException(
          "backbone.dilated_resnet.last_stage_repeats: %d must be 1 or more"
              .formatted(config.lastStageRepeats()));
    }
    int last = found.get(LAST_GROUP);
    this.multigrid = config.multigrid().orElse(Collections.nCopies(last, 1));
    if (multigrid.size() != last) {
      throw new ConfigException(
          "backbone.dilated_resnet.multigrid: %s has %d factors, the last group has %d blocks"
              .formatted(multigrid, multigrid.size(), last));
    }
    Filters.dropRate(config.stochasticDepthDropRate(), 0, 1);
    this.stridedGroups = Integer.numberOfTrailingZeros(config.outputStride()) - 1;
    this.stem =
        ResNetStem.of(
            config.stemType(),
            64,
            List.of(64, 64, 128),
            config.replaceStemMaxPool() ? 64 : 0,
            style.asFunction(),
            style);
  }

  @Override
  public int stride() {
    return config.outputStride();
  }

  @Override
  public FeatureMaps build(Layers layers, String key, Operand<TFloat32> image) {
    Map<String, Operand<TFloat32>> maps = new LinkedHashMap<>();
    Operand<TFloat32> x = stem.build(layers, key, image);
    int layer = stem.weightedLayers();
    int groups = LAST_GROUP + config.lastStageRepeats();
    int dilation = 1;
    for (int group = 0; group < groups; group++) {
      boolean strided = group < stridedGroups;
      dilation *= strided ? 1 : 2;
      int kind = Math.min(group, LAST_GROUP);
      for (int i = 0; i < repeats.get(kind); i++) {
        boolean grid = !strided && group >= LAST_GROUP;
        BottleneckBlock block =
            new BottleneckBlock(
                64 << kind,
                strided && group > 0 && i == 0 ? 2 : 1,
                dilation * (grid ? multigrid.get(i) : 1),
                i == 0,
                config.resnetdShortcut(),
                config.seRatio(),
                Filters.dropRate(config.stochasticDepthDropRate(), group + 2, groups + 1),
                style);
        x = block.build(layers, key + "/layer_with_weights-" + layer++, x);
      }
      maps.put(Integer.toString(Math.min(group, stridedGroups - 1) + 2), x);
    }
    return FeatureMaps.of(maps);
  }
}
