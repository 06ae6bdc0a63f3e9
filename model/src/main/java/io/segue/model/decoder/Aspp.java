package io.segue.model.decoder;

import io.segue.model.config.AsppConfig;
import io.segue.model.config.ConfigException;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import io.segue.model.layer.SpatialPyramidPooling;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Atrous spatial pyramid pooling of one level (Chen et al. 2017; {@code
 * official/vision/modeling/decoders/aspp.py}).
 */
public final class Aspp implements Decoder {
  private final AsppConfig config;
  private final SpatialPyramidPooling pooling;

  /**
   * An ASPP decoder.
   *
   * @throws ConfigException for an option that cannot be used
   */
  public Aspp(AsppConfig config, NormActivationConfig normActivation) {
    this.config = config;
    int scale = 1 << config.level();
    Optional<List<Integer>> kernel =
        config.poolKernelSize().map(size -> size.stream().map(side -> side / scale).toList());
    kernel.ifPresent(
        size -> {
          if (size.size() != 2 || size.contains(0)) {
            throw new ConfigException(
                "decoder.aspp.pool_kernel_size: %s must be height and width of at least %d pixels"
                    .formatted(config.poolKernelSize().get(), scale));
          }
        });
    this.pooling =
        new SpatialPyramidPooling(
            SpatialPyramidPooling.Version.of(config.sppLayerVersion()),
            config.numFilters(),
            config.dilationRates(),
            kernel,
            config.useDepthwiseConvolution(),
            config.dropoutRate(),
            SpatialPyramidPooling.Interpolation.of(config.interpolation()),
            Initializer.VARIANCE_SCALING,
            NormActivation.of(normActivation));
  }

  @Override
  public FeatureMaps build(Layers layers, String key, FeatureMaps backbone) {
    String level = Integer.toString(config.level());
    return FeatureMaps.of(Map.of(level, pooling.build(layers, key + "/aspp", backbone.get(level))));
  }
}
