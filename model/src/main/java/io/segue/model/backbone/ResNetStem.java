package io.segue.model.backbone;

import io.segue.model.config.ConfigException;
import io.segue.model.layer.Conv;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import io.segue.model.layer.Resampling;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The first layers of a ResNet, down to stride 4.
 *
 * @param filters of its convolutions, in order: one 7×7 or three 3×3
 * @param poolFilters of the strided convolution in place of the max pool; 0 for the pool
 * @param style norm and activation of its convolutions
 * @param poolStyle of the one in place of the max pool
 */
record ResNetStem(
    List<Integer> filters, int poolFilters, NormActivation style, NormActivation poolStyle) {

  /** The stem that a configuration names. */
  static ResNetStem of(
      String type,
      int single,
      List<Integer> triple,
      int poolFilters,
      NormActivation style,
      NormActivation poolStyle) {
    return switch (type) {
      case "v0" -> new ResNetStem(List.of(single), poolFilters, style, poolStyle);
      case "v1" -> new ResNetStem(triple, poolFilters, style, poolStyle);
      default ->
          throw new ConfigException("stem_type: '%s' is unknown; write v0 or v1".formatted(type));
    };
  }

  /** How many layers with weights it has. */
  int weightedLayers() {
    return 2 * (filters.size() + (poolFilters > 0 ? 1 : 0));
  }

  Operand<TFloat32> build(Layers layers, String key, Operand<TFloat32> image) {
    int kernel = filters.size() == 1 ? 7 : 3;
    Operand<TFloat32> x = image;
    int layer = 0;
    for (int i = 0; i < filters.size(); i++) {
      Conv conv = Conv.of(filters.get(i), kernel).stride(i == 0 ? 2 : 1);
      x = conv(layers, key, layer, conv, style, x);
      layer += 2;
    }
    return poolFilters > 0
        ? conv(layers, key, layer, Conv.of(poolFilters, 3).stride(2), poolStyle, x)
        : Resampling.maxPool(layers.tf(), x, 3, 2);
  }

  private Operand<TFloat32> conv(
      Layers layers,
      String key,
      int layer,
      Conv conv,
      NormActivation normActivation,
      Operand<TFloat32> x) {
    String prefix = key + "/layer_with_weights-";
    return normActivation.conv(layers, prefix + layer, conv, prefix + (layer + 1), x);
  }
}
