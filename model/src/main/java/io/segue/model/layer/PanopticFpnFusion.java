package io.segue.model.layer;

import io.segue.model.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Brings each level to the finest one through 3×3 convolutions, group norm and doubling, and sums
 * (Kirillov et al. 2019; {@code PanopticFPNFusion} of the reference's {@code nn_layers.py}).
 *
 * @param minLevel finest level, also the level of the result
 * @param maxLevel coarsest level
 * @param filters channels of every convolution, a multiple of 32
 * @param activation behind each norm
 */
public record PanopticFpnFusion(int minLevel, int maxLevel, int filters, Activation activation) {
  private static final GroupNorm NORM = new GroupNorm(32, 1e-3);

  public PanopticFpnFusion {
    if (minLevel > maxLevel) {
      throw new ConfigException(
          "panoptic_fpn_fusion: the finest level %d is above the coarsest level %d"
              .formatted(minLevel, maxLevel));
    }
    if (filters % NORM.groups() != 0) {
      throw new ConfigException(
          "panoptic_fpn_fusion: num_filters %d must be a multiple of %d"
              .formatted(filters, NORM.groups()));
    }
  }

  /** Builds the fusion; its weights lie below {@code key}. */
  public Operand<TFloat32> build(Layers layers, String key, FeatureMaps maps) {
    List<FunctionalModel.Node> levels = new ArrayList<>();
    for (int level = minLevel; level <= maxLevel; level++) {
      String name = Integer.toString(level);
      FunctionalModel.Node x =
          FunctionalModel.input(name, FunctionalLayers.channels(maps.get(name)));
      for (int i = 0; i < Math.max(1, level - minLevel); i++) {
        x = FunctionalLayers.conv(x, Conv.of(filters, 3).withBias());
        x = x.weighted(filters, (tf, at, in) -> NORM.build(tf, at, in.get(0)));
        x = FunctionalLayers.activation(x, activation.asFunction());
        x = level == minLevel ? x : FunctionalLayers.replicate(x, 2);
      }
      levels.add(x);
    }
    TreeMap<String, FunctionalModel.Node> outputs = new TreeMap<>();
    outputs.put("fused", FunctionalLayers.addAll(levels));
    return FeatureMaps.of(new FunctionalModel(outputs).build(layers, key, maps)).get("fused");
  }
}
