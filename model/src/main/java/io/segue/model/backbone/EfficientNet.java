package io.segue.model.backbone;

import io.segue.model.config.ConfigException;
import io.segue.model.config.EfficientNetConfig;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.layer.Activation;
import io.segue.model.layer.Conv;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Filters;
import io.segue.model.layer.InvertedBottleneckBlock;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * EfficientNet b0 to b7 (Tan and Le 2019; {@code
 * official/vision/modeling/backbones/efficientnet.py}): levels 2 to 5, and the widest map as {@code
 * 6}, which has stride 32 and is not one of {@link FeatureMaps#levels}.
 */
public final class EfficientNet implements Backbone {
  private static final Map<String, Scale> SCALES =
      Map.of(
          "b0", new Scale(1.0, 1.0),
          "b1", new Scale(1.0, 1.1),
          "b2", new Scale(1.1, 1.2),
          "b3", new Scale(1.2, 1.4),
          "b4", new Scale(1.4, 1.8),
          "b5", new Scale(1.6, 2.2),
          "b6", new Scale(1.8, 2.6),
          "b7", new Scale(2.0, 3.1));

  private static final List<Group> GROUPS =
      List.of(
          new Group(1, 3, 1, 1, 32, 16, ""),
          new Group(2, 3, 2, 6, 16, 24, "2"),
          new Group(2, 5, 2, 6, 24, 40, "3"),
          new Group(3, 3, 2, 6, 40, 80, ""),
          new Group(3, 5, 1, 6, 80, 112, "4"),
          new Group(4, 5, 2, 6, 112, 192, ""),
          new Group(1, 3, 1, 6, 192, 320, "5"));

  private static final String LAST_LEVEL = "6";

  private final EfficientNetConfig config;
  private final Scale scale;
  private final NormActivation style;
  private final Activation seInner;

  private record Scale(double width, double depth) {}

  private record Group(
      int repeats, int kernel, int stride, int expand, int in, int out, String level) {}

  /**
   * An EfficientNet.
   *
   * @throws ConfigException for an unknown id or an option that cannot be used
   */
  public EfficientNet(EfficientNetConfig config, NormActivationConfig normActivation) {
    this.config = config;
    this.style = NormActivation.of(normActivation);
    this.seInner = Activation.named(config.seInnerActivation());
    Scale found = SCALES.get(config.modelId());
    if (found == null) {
      throw new ConfigException(
          "backbone.efficientnet.model_id: '%s' is unknown; write one of %s"
              .formatted(config.modelId(), new TreeMap<>(SCALES).keySet()));
    }
    this.scale = found;
    Filters.dropRate(config.stochasticDepthDropRate(), 0, 1);
  }

  @Override
  public int stride() {
    return 32;
  }

  @Override
  public FeatureMaps build(Layers layers, String key, Operand<TFloat32> image) {
    Map<String, Operand<TFloat32>> maps = new LinkedHashMap<>();
    String prefix = key + "/layer_with_weights-";
    Conv stem = Conv.of(filters(32), 3).stride(2);
    Operand<TFloat32> x = style.asFunction().conv(layers, prefix + 0, stem, prefix + 1, image);
    int layer = 2;
    for (Group group : GROUPS) {
      int repeats = Filters.repeats(group.repeats(), scale.depth());
      for (int i = 0; i < repeats; i++) {
        x = block(group, i == 0).build(layers, prefix + layer++, x).output();
      }
      if (!group.level().isEmpty()) {
        maps.put(group.level(), x);
      }
    }
    Conv last = Conv.of(filters(1280), 1);
    maps.put(
        LAST_LEVEL, style.asFunction().conv(layers, prefix + layer, last, prefix + (layer + 1), x));
    return FeatureMaps.of(maps).withoutLevel(LAST_LEVEL);
  }

  private InvertedBottleneckBlock block(Group group, boolean first) {
    return new InvertedBottleneckBlock(
            filters(first ? group.in() : group.out()),
            filters(group.out()),
            group.expand(),
            first ? group.stride() : 1,
            style)
        .kernelSize(group.kernel())
        .squeeze(config.seRatio(), seInner, Activation.SIGMOID)
        .dropRate(config.stochasticDepthDropRate());
  }

  private int filters(int base) {
    return Filters.scaled(base, scale.width());
  }
}
