package io.segue.model.layer;

import io.segue.model.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A 1×1 branch, one atrous branch a rate and a pooling branch, concatenated and projected (Chen et
 * al. 2017; {@code layers/deeplab.py} for version 1, {@code layers/nn_layers.py} for version 2).
 *
 * @param version the layout of the weights
 * @param filters channels of each branch and of the result
 * @param rates dilation rates; may be empty
 * @param poolKernel of the pooling branch on the map itself; absent pools all of it
 * @param depthwise depthwise and 1×1 instead of plain atrous convolutions
 * @param dropoutRate behind the projection, in training
 * @param interpolation of the pooling branch
 * @param initializer of the kernels
 * @param style norm and activation
 */
public record SpatialPyramidPooling(
    Version version,
    int filters,
    List<Integer> rates,
    Optional<List<Integer>> poolKernel,
    boolean depthwise,
    double dropoutRate,
    Interpolation interpolation,
    Initializer initializer,
    NormActivation style) {

  public SpatialPyramidPooling {
    rates = List.copyOf(rates);
    for (int rate : rates) {
      if (rate < 1) {
        throw new ConfigException("dilation_rates: %s holds a rate below 1".formatted(rates));
      }
    }
    if (!(dropoutRate >= 0 && dropoutRate < 1)) {
      throw new ConfigException(
          "dropout_rate: %s is outside 0 to 1 (excluded)".formatted(dropoutRate));
    }
    if (version == Version.V1 && interpolation != Interpolation.BILINEAR) {
      throw new ConfigException(
          "interpolation: version v1 resizes bilinearly whatever it says; set spp_layer_version to"
              + " v2 for nearest");
    }
    style = version == Version.V2 ? style.asFunction() : style;
  }

  /** Which of the reference's two layers, which differ in their weights' keys. */
  public enum Version {
    /** Sequential layers: {@code aspp_layers/i/layer_with_weights-j}, {@code projection}. */
    V1,
    /** Lists: {@code aspp_layers/i/j}, {@code _projection}. */
    V2;

    /** The version that a configuration names. */
    public static Version of(String name) {
      return switch (name) {
        case "v1" -> V1;
        case "v2" -> V2;
        default ->
            throw new ConfigException(
                "spp_layer_version: '%s' is unknown; write v1 or v2".formatted(name));
      };
    }
  }

  /** How the pooled map gets back to the input's size. */
  public enum Interpolation {
    /** Bilinear, half-pixel. */
    BILINEAR,
    /** Nearest neighbour, half-pixel. */
    NEAREST;

    /** The interpolation that a configuration names. */
    public static Interpolation of(String name) {
      return switch (name) {
        case "bilinear" -> BILINEAR;
        case "nearest" -> NEAREST;
        default ->
            throw new ConfigException(
                "interpolation: '%s' is unknown; write bilinear or nearest".formatted(name));
      };
    }
  }

  /** Builds the layer; its weights lie below {@code key}. */
  public Operand<TFloat32> build(Layers layers, String key, Operand<TFloat32> x) {
    Ops tf = layers.tf();
    List<Operand<TFloat32>> branches = new ArrayList<>();
    branches.add(conv(layers, key + "/aspp_layers/0", 0, x));
    for (int rate : rates) {
      branches.add(atrous(layers, key + "/aspp_layers/" + branches.size(), rate, x));
    }
    branches.add(pooled(layers, key + "/aspp_layers/" + branches.size(), x));
    String projection = key + (version == Version.V1 ? "/projection" : "/_projection");
    Operand<TFloat32> y = conv(layers, projection, 0, tf.concat(branches, tf.constant(-1)));
    return layers.dropout(dropoutRate, y);
  }

  /** A 1×1 convolution whose weights are the members {@code first} and the next of its layer. */
  private Operand<TFloat32> conv(Layers layers, String key, int first, Operand<TFloat32> x) {
    return style.conv(
        layers,
        member(key, first),
        Conv.of(filters, 1).initializer(initializer),
        member(key, first + 1),
        x);
  }

  private Operand<TFloat32> atrous(Layers layers, String key, int rate, Operand<TFloat32> x) {
    if (!depthwise) {
      Conv conv = Conv.of(filters, 3).dilation(rate).initializer(initializer);
      return style.conv(layers, member(key, 0), conv, member(key, 1), x);
    }
    Conv conv =
        version == Version.V1
            ? Conv.depthwise(3).initializer(Initializer.GLOROT_UNIFORM).regularised(false)
            : Conv.depthwise(3).initializer(initializer);
    return conv(layers, key, 1, layers.conv(member(key, 0), conv.dilation(rate), x));
  }

  private Operand<TFloat32> pooled(Layers layers, String key, Operand<TFloat32> x) {
    Ops tf = layers.tf();
    Operand<TFloat32> pooled =
        poolKernel
            .map(kernel -> Resampling.averagePool(tf, x, kernel, kernel, "VALID"))
            .orElseGet(() -> Resampling.globalMean(tf, x));
    Operand<TFloat32> y =
        version == Version.V1
            ? conv(layers, key + "/layer_with_weights-0", 0, pooled)
            : conv(layers, key, poolKernel.isPresent() ? 1 : 2, pooled);
    Operand<TInt32> size = Resampling.size(tf, x);
    return interpolation == Interpolation.NEAREST
        ? Resampling.nearest(tf, y, size)
        : Resampling.bilinear(tf, y, size);
  }

  private String member(String key, int index) {
    return key + (version == Version.V1 ? "/layer_with_weights-" : "/") + index;
  }
}
