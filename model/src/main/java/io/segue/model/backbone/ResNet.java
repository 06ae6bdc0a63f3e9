package io.segue.model.backbone;

import io.segue.model.config.ConfigException;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.config.ResNetConfig;
import io.segue.model.layer.BottleneckBlock;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Filters;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import io.segue.model.layer.ResNetBlock;
import io.segue.model.layer.ResidualBlock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * ResNet and ResNet-RS (He et al. 2016, Bello et al. 2021; {@code
 * official/vision/modeling/backbones/resnet.py}): levels 2 to 5.
 */
public final class ResNet implements Backbone {
  private static final Set<Integer> RESIDUAL = Set.of(10, 18, 26, 34);

  static final Map<Integer, List<Integer>> REPEATS =
      Map.ofEntries(
          Map.entry(10, List.of(1, 1, 1, 1)),
          Map.entry(18, List.of(2, 2, 2, 2)),
          Map.entry(26, List.of(3, 3, 3, 3)),
          Map.entry(34, List.of(3, 4, 6, 3)),
          Map.entry(50, List.of(3, 4, 6, 3)),
          Map.entry(101, List.of(3, 4, 23, 3)),
          Map.entry(152, List.of(3, 8, 36, 3)),
          Map.entry(200, List.of(3, 24, 36, 3)),
          Map.entry(270, List.of(4, 29, 53, 4)),
          Map.entry(350, List.of(4, 36, 72, 4)),
          Map.entry(420, List.of(4, 44, 87, 4)));

  private final ResNetConfig config;
  private final NormActivation style;
  private final ResNetStem stem;
  private final List<Integer> repeats;

  /**
   * A ResNet.
   *
   * @throws ConfigException for an unknown id or an option that cannot be used
   */
  public ResNet(ResNetConfig config, NormActivationConfig normActivation) {
    this.config = config;
    NormActivation given = NormActivation.of(normActivation);
    this.style =
        new NormActivation(given.norm().trainable(config.bnTrainable()), given.activation());
    List<Integer> found = REPEATS.get(config.modelId());
    if (found == null) {
      throw new ConfigException(
          "backbone.resnet.model_id: %d is unknown; write one of %s"
              .formatted(config.modelId(), new TreeMap<>(REPEATS).keySet()));
    }
    this.repeats = found;
    if (!(config.depthMultiplier() > 0)) {
      throw new ConfigException(
          "backbone.resnet.depth_multiplier: %s must be above 0"
              .formatted(config.depthMultiplier()));
    }
    if (config.resnetdShortcut() && RESIDUAL.contains(config.modelId())) {
      throw new ConfigException(
          "backbone.resnet.resnetd_shortcut: has no effect on ResNet-%d; it needs bottleneck blocks,"
                  .formatted(config.modelId())
              + " model_id 50 or more");
    }
    Filters.dropRate(config.stochasticDepthDropRate(), 0, 1);
    double scale = config.scaleStem() ? config.depthMultiplier() : 1;
    this.stem =
        ResNetStem.of(
            config.stemType(),
            (int) (64 * scale),
            List.of((int) (32 * scale), (int) (32 * scale), (int) (64 * scale)),
            config.replaceStemMaxPool() ? (int) (64 * config.depthMultiplier()) : 0,
            style,
            style);
  }

  @Override
  public int stride() {
    return 32;
  }

  @Override
  public FeatureMaps build(Layers layers, String key, Operand<TFloat32> image) {
    Map<String, Operand<TFloat32>> maps = new LinkedHashMap<>();
    Operand<TFloat32> x = stem.build(layers, key, image);
    int layer = stem.weightedLayers();
    for (int group = 0; group < repeats.size(); group++) {
      for (int i = 0; i < repeats.get(group); i++) {
        x = block(group, i).build(layers, key + "/layer_with_weights-" + layer++, x);
      }
      maps.put(Integer.toString(group + 2), x);
    }
    return FeatureMaps.of(maps);
  }

  private ResNetBlock block(int group, int index) {
    int filters = (int) ((64 << group) * config.depthMultiplier());
    int stride = group > 0 && index == 0 ? 2 : 1;
    double rate = Filters.dropRate(config.stochasticDepthDropRate(), group + 2, 5);
    boolean projection = index == 0;
    return RESIDUAL.contains(config.modelId())
        ? new ResidualBlock(filters, stride, projection, config.seRatio(), rate, false, style)
        : new BottleneckBlock(
            filters,
            stride,
            1,
            projection,
            config.resnetdShortcut(),
            config.seRatio(),
            rate,
            style);
  }
}
