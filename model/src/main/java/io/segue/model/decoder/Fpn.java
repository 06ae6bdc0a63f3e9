package io.segue.model.decoder;

import io.segue.model.config.ConfigException;
import io.segue.model.config.FpnConfig;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.layer.Conv;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.FunctionalLayers;
import io.segue.model.layer.FunctionalModel;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Feature pyramid network (Lin et al. 2017; {@code official/vision/modeling/decoders/fpn.py}). The
 * image's sides must be multiples of 2 to the highest backbone level in use.
 */
public final class Fpn implements Decoder {
  private final FpnConfig config;
  private final int minLevel;
  private final int maxLevel;
  private final NormActivation style;

  /**
   * An FPN from {@code minLevel} to {@code maxLevel}.
   *
   * @throws ConfigException for an option that cannot be used
   */
  public Fpn(FpnConfig config, int minLevel, int maxLevel, NormActivationConfig normActivation) {
    this.config = config;
    this.minLevel = minLevel;
    this.maxLevel = maxLevel;
    this.style = NormActivation.of(normActivation);
    if (!config.fusionType().equals("sum") && !config.fusionType().equals("concat")) {
      throw new ConfigException(
          "decoder.fpn.fusion_type: '%s' is unknown; write sum or concat"
              .formatted(config.fusionType()));
    }
  }

  @Override
  public FeatureMaps build(Layers layers, String key, FeatureMaps backbone) {
    NavigableMap<Integer, Operand<TFloat32>> levels = backbone.levels();
    if (levels.isEmpty() || levels.firstKey() > minLevel || levels.lastKey() < minLevel) {
      throw new ConfigException(
          "min_level: an FPN from level %d needs that level, the backbone has %s"
              .formatted(minLevel, levels.keySet()));
    }
    int top = Math.min(levels.lastKey(), maxLevel);
    NavigableMap<Integer, FunctionalModel.Node> feats = topDown(levels, top);
    feats.replaceAll((level, x) -> FunctionalLayers.conv(x, conv(3)));
    FunctionalModel.Node last = node(feats, top);
    for (int level = top + 1; level <= maxLevel; level++) {
      if (level > top + 1) {
        last = FunctionalLayers.activation(last, style.activation());
      }
      last = FunctionalLayers.conv(last, conv(3).stride(2));
      feats.put(level, last);
    }
    TreeMap<String, FunctionalModel.Node> outputs = new TreeMap<>();
    feats.forEach(
        (level, x) -> outputs.put(Integer.toString(level), FunctionalLayers.norm(x, style.norm())));
    return FeatureMaps.of(new FunctionalModel(outputs).build(layers, key, backbone));
  }

  private NavigableMap<Integer, FunctionalModel.Node> topDown(
      NavigableMap<Integer, Operand<TFloat32>> levels, int top) {
    NavigableMap<Integer, FunctionalModel.Node> laterals = new TreeMap<>();
    levels
        .subMap(minLevel, true, top, true)
        .forEach(
            (level, map) ->
                laterals.put(
                    level,
                    FunctionalLayers.conv(
                        FunctionalModel.input(
                            Integer.toString(level), FunctionalLayers.channels(map)),
                        conv(1))));
    NavigableMap<Integer, FunctionalModel.Node> feats = new TreeMap<>();
    FunctionalModel.Node above = node(laterals, top);
    feats.put(top, above);
    for (int level = top - 1; level >= minLevel; level--) {
      FunctionalModel.Node up = FunctionalLayers.replicate(above, 2);
      FunctionalModel.Node lateral = node(laterals, level);
      above =
          config.fusionType().equals("sum")
              ? FunctionalLayers.add(up, lateral)
              : FunctionalLayers.concat(up, lateral);
      feats.put(level, above);
    }
    return feats;
  }

  private static FunctionalModel.Node node(
      NavigableMap<Integer, FunctionalModel.Node> nodes, int level) {
    FunctionalModel.Node node = nodes.get(level);
    if (node == null) {
      throw new ConfigException(
          "the backbone has no level %d between its levels %s".formatted(level, nodes.keySet()));
    }
    return node;
  }

  /** Separable kernels do not decay: the reference hands their layer no regulariser for them. */
  private Conv conv(int kernel) {
    return config.useSeparableConv()
        ? Conv.separable(config.numFilters(), kernel)
            .withBias()
            .initializer(Initializer.GLOROT_UNIFORM)
            .regularised(false)
        : Conv.of(config.numFilters(), kernel).withBias();
  }
}
