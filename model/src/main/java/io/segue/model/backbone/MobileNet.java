package io.segue.model.backbone;

import io.segue.model.config.ConfigException;
import io.segue.model.config.MobileNetConfig;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.layer.Activation;
import io.segue.model.layer.Conv;
import io.segue.model.layer.DepthwiseSeparableBlock;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Filters;
import io.segue.model.layer.InvertedBottleneckBlock;
import io.segue.model.layer.Layers;
import io.segue.model.layer.Norm;
import io.segue.model.layer.NormActivation;
import io.segue.model.layer.Resampling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * MobileNet V1, V2, V3 Large and V3 Small (Howard et al. 2017, 2019; Sandler et al. 2018; {@code
 * official/vision/modeling/backbones/mobilenet.py}).
 *
 * <p>Activations come from the block table, not from the configuration. With an output stride,
 * later blocks that would stride dilate instead and their maps replace that level's. The last
 * tensor is stored under the next level and is not one of {@link FeatureMaps#levels}.
 */
public final class MobileNet implements Backbone {
  private static final int LEAST_FILTERS = 8;
  private static final int FIRST_LEVEL = 2;
  private static final Set<Integer> STRIDES = Set.of(2, 4, 8, 16, 32);

  private final MobileNetConfig config;
  private final List<MobileNetBlock> blocks;
  private final Norm norm;
  private final boolean v1;

  /**
   * A MobileNet.
   *
   * @throws ConfigException for an unknown id, output stride or rate
   */
  public MobileNet(MobileNetConfig config, NormActivationConfig normActivation) {
    this.config = config;
    this.blocks = MobileNetBlock.table(config.modelId());
    this.norm = Norm.of(normActivation);
    this.v1 = config.modelId().equals("MobileNetV1");
    config
        .outputStride()
        .filter(stride -> !STRIDES.contains(stride))
        .ifPresent(
            stride -> {
              throw new ConfigException(
                  "backbone.mobilenet.output_stride: %d must be 2, 4, 8, 16 or 32"
                      .formatted(stride));
            });
    if (!(config.filterSizeScale() > 0)) {
      throw new ConfigException(
          "backbone.mobilenet.filter_size_scale: %s must be above 0"
              .formatted(config.filterSizeScale()));
    }
    if (config.outputIntermediateEndpoints()
        && blocks.stream().noneMatch(it -> it.kind() == MobileNetBlock.Kind.INVERTED)) {
      throw new ConfigException(
          "backbone.mobilenet.output_intermediate_endpoints: '%s' has no inverted bottlenecks;"
                  .formatted(config.modelId())
              + " leave it false");
    }
    Filters.dropRate(config.stochasticDepthDropRate(), 0, 1);
  }

  @Override
  public int stride() {
    return config.outputStride().orElse(32);
  }

  @Override
  public FeatureMaps build(Layers layers, String key, Operand<TFloat32> image) {
    Map<String, Operand<TFloat32>> maps = new LinkedHashMap<>();
    int level = FIRST_LEVEL;
    int stride = 1;
    int rate = 1;
    int weighted = 0;
    Operand<TFloat32> x = image;
    for (int i = 0; i < blocks.size(); i++) {
      MobileNetBlock block = blocks.get(i);
      boolean dilates = config.outputStride().isPresent() && stride == config.outputStride().get();
      int blockDilation = dilates ? rate : 1;
      int blockStride = dilates ? 1 : block.stride();
      rate *= dilates ? block.stride() : 1;
      stride *= blockStride;
      String blockKey = key + "/layer_with_weights-" + weighted;
      weighted += block.kind() == MobileNetBlock.Kind.GLOBAL_POOL ? 0 : 1;
      Operand<TFloat32> endpoint = x;
      switch (block.kind()) {
        case CONV -> x = conv(layers, blockKey, block, filters(i), x);
        case BIASED_CONV -> {
          Conv conv = Conv.of(filters(i), block.kernel()).withBias();
          x = block.activation().apply(layers.tf(), layers.conv(blockKey + "/_conv0", conv, x));
        }
        case SEPARABLE ->
            x =
                new DepthwiseSeparableBlock(
                        filters(i), block.kernel(), blockStride, blockDilation, false, style(block))
                    .build(layers, blockKey, x);
        case INVERTED -> {
          int dilation = blockDilation > 1 ? blockDilation : rate;
          InvertedBottleneckBlock.Result result =
              inverted(block, i, x, blockStride, dilation).build(layers, blockKey, x);
          x = result.output();
          endpoint = result.depthwise();
        }
        case GLOBAL_POOL -> x = Resampling.globalMean(layers.tf(), x);
      }
      if (block.output()) {
        maps.put(Integer.toString(level), x);
        if (config.outputIntermediateEndpoints()) {
          maps.put(level + "/depthwise", endpoint);
        }
        level += stride == stride() && config.outputStride().isPresent() ? 0 : 1;
      }
    }
    String last = Integer.toString(maps.containsKey(Integer.toString(level)) ? level + 1 : level);
    maps.put(last, x);
    return FeatureMaps.of(maps).withoutLevel(last);
  }

  /** Channels of block {@code index}; narrow networks but V1 keep the width of the last one. */
  private int filters(int index) {
    double filters = blocks.get(index).filters();
    if (!v1 && index == blocks.size() - 1 && config.filterSizeScale() < 1) {
      filters /= config.filterSizeScale();
    }
    return Filters.divisible(filters * config.filterSizeScale(), divisor(), LEAST_FILTERS, true);
  }

  private int divisor() {
    return v1 ? 1 : 8;
  }

  private NormActivation style(MobileNetBlock block) {
    return new NormActivation(norm, block.activation());
  }

  private Operand<TFloat32> conv(
      Layers layers, String key, MobileNetBlock block, int filters, Operand<TFloat32> x) {
    Conv conv = Conv.of(filters, block.kernel()).stride(block.stride());
    return style(block).conv(layers, key + "/_conv0", conv, key + "/_norm0", x);
  }

  private InvertedBottleneckBlock inverted(
      MobileNetBlock block, int index, Operand<TFloat32> x, int stride, int dilation) {
    double rate =
        config.flatStochasticDepthDropRate()
            ? config.stochasticDepthDropRate()
            : Filters.dropRate(config.stochasticDepthDropRate(), index, blocks.size());
    return new InvertedBottleneckBlock(
            (int) x.shape().get(3), filters(index), block.expandRatio(), stride, style(block))
        .kernelSize(block.kernel())
        .dilation(stride > 1 ? 1 : dilation)
        .divisor(divisor())
        .squeeze(block.seRatio(), Activation.RELU, Activation.HARD_SIGMOID)
        .squeezeOnExpanded(true)
        .dropRate(rate);
  }
}
