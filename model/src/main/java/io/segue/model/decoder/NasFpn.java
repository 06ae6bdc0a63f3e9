package io.segue.model.decoder;

import io.segue.model.config.ConfigException;
import io.segue.model.config.NasFpnConfig;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.layer.Conv;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.FunctionalLayers;
import io.segue.model.layer.FunctionalModel;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The pyramid that architecture search found (Ghiasi et al. 2019; {@code
 * official/vision/modeling/decoders/nasfpn.py}), from level 3 to 7.
 */
public final class NasFpn implements Decoder {
  private static final int MIN_LEVEL = 3;
  private static final int MAX_LEVEL = 7;

  /** What maps inside the blocks are brought to, whatever the number of filters. */
  private static final int INNER_FILTERS = 256;

  private static final Initializer KERNEL =
      new Initializer.VarianceScaling(
          2, Initializer.Fan.OUT, Initializer.VarianceScaling.Distribution.UNTRUNCATED_NORMAL);

  private static final List<Block> BLOCKS =
      List.of(
          new Block(4, true, 1, 3, false),
          new Block(4, false, 1, 5, false),
          new Block(3, false, 0, 6, true),
          new Block(4, false, 6, 7, true),
          new Block(5, true, 7, 8, true),
          new Block(7, true, 6, 9, true),
          new Block(6, true, 9, 10, true));

  private final NasFpnConfig config;
  private final NormActivation style;

  /** Two earlier maps become a new one. */
  private record Block(int level, boolean attention, int first, int second, boolean output) {}

  private record Feature(int level, FunctionalModel.Node node) {}

  /**
   * A NAS-FPN.
   *
   * @throws ConfigException for other levels than 3 to 7
   */
  public NasFpn(
      NasFpnConfig config, int minLevel, int maxLevel, NormActivationConfig normActivation) {
    this.config = config;
    this.style = NormActivation.of(normActivation).asFunction();
    if (minLevel != MIN_LEVEL || maxLevel != MAX_LEVEL) {
      throw new ConfigException(
          "min_level %d, max_level %d: the blocks of nasfpn are made for %d to %d; set them so"
              .formatted(minLevel, maxLevel, MIN_LEVEL, MAX_LEVEL));
    }
    if (config.numRepeats() < 1) {
      throw new ConfigException(
          "decoder.nasfpn.num_repeats: %d must be 1 or more".formatted(config.numRepeats()));
    }
  }

  @Override
  public FeatureMaps build(Layers layers, String key, FeatureMaps backbone) {
    NavigableMap<Integer, Operand<TFloat32>> levels = backbone.levels();
    if (!levels.containsKey(MIN_LEVEL)) {
      throw new ConfigException(
          "decoder nasfpn needs level %d, the backbone has %s"
              .formatted(MIN_LEVEL, levels.keySet()));
    }
    List<Feature> pyramid = project(levels);
    for (int i = 0; i < config.numRepeats(); i++) {
      pyramid = repeat(pyramid);
    }
    TreeMap<String, FunctionalModel.Node> outputs = new TreeMap<>();
    pyramid.forEach(it -> outputs.put(Integer.toString(it.level()), it.node()));
    return FeatureMaps.of(new FunctionalModel(outputs).build(layers, key, backbone));
  }

  private List<Feature> project(NavigableMap<Integer, Operand<TFloat32>> levels) {
    List<Feature> pyramid = new ArrayList<>();
    for (int level = MIN_LEVEL; level <= MAX_LEVEL; level++) {
      Operand<TFloat32> map = levels.get(level);
      Feature from =
          map == null
              ? pyramid.get(pyramid.size() - 1)
              : new Feature(
                  level,
                  FunctionalModel.input(Integer.toString(level), FunctionalLayers.channels(map)));
      pyramid.add(new Feature(level, resampled(from, level, config.numFilters())));
    }
    return pyramid;
  }

  private List<Feature> repeat(List<Feature> pyramid) {
    List<Feature> features = new ArrayList<>(pyramid);
    int[] uses = new int[pyramid.size() + BLOCKS.size()];
    for (Block block : BLOCKS) {
      Feature first = features.get(block.first());
      Feature second = features.get(block.second());
      uses[block.first()]++;
      uses[block.second()]++;
      FunctionalModel.Node a = resampled(first, block.level(), INNER_FILTERS);
      FunctionalModel.Node b = resampled(second, block.level(), INNER_FILTERS);
      FunctionalModel.Node x = combined(block, first.level() >= second.level(), a, b);
      if (block.output()) {
        for (int i = 0; i < features.size(); i++) {
          if (uses[i] == 0 && features.get(i).level() == block.level()) {
            uses[i]++;
            x = FunctionalLayers.add(x, resampled(features.get(i), block.level(), INNER_FILTERS));
          }
        }
      }
      x = FunctionalLayers.activation(x, style.activation());
      x = FunctionalLayers.conv(x, conv(config.numFilters(), 3));
      features.add(new Feature(block.level(), FunctionalLayers.norm(x, style.norm())));
    }
    List<Feature> last = features.subList(features.size() - pyramid.size(), features.size());
    return last.stream().sorted(java.util.Comparator.comparingInt(Feature::level)).toList();
  }

  private static FunctionalModel.Node combined(
      Block block, boolean firstIsCoarser, FunctionalModel.Node a, FunctionalModel.Node b) {
    if (!block.attention()) {
      return FunctionalLayers.add(a, b);
    }
    return firstIsCoarser ? FunctionalLayers.attend(a, b) : FunctionalLayers.attend(b, a);
  }

  private FunctionalModel.Node resampled(Feature from, int level, int filters) {
    FunctionalModel.Node x = from.node();
    if (x.channels() != filters) {
      x = FunctionalLayers.norm(FunctionalLayers.conv(x, conv(filters, 1)), style.norm());
    }
    if (from.level() < level) {
      return FunctionalLayers.maxPool(x, 1 << (level - from.level()));
    }
    return from.level() > level ? FunctionalLayers.replicate(x, 1 << (from.level() - level)) : x;
  }

  private Conv conv(int filters, int kernel) {
    Conv conv =
        config.useSeparableConv() ? Conv.separable(filters, kernel) : Conv.of(filters, kernel);
    return conv.withBias().initializer(KERNEL);
  }
}
