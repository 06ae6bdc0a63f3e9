package io.segue.model.head;

import io.segue.model.config.ConfigException;
import io.segue.model.config.FeatureFusion;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.config.SegmentationHeadConfig;
import io.segue.model.layer.Activation;
import io.segue.model.layer.Conv;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import io.segue.model.layer.PanopticFpnFusion;
import io.segue.model.layer.PyramidFusion;
import io.segue.model.layer.Resampling;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Fuses features, convolves and classifies each pixel ({@code SegmentationHead} of the reference's
 * {@code segmentation_heads.py}). The logits keep the fused map's resolution, times the upsample
 * factor.
 */
public final class SegmentationHead implements Head {
  private static final Initializer NARROW = new Initializer.RandomNormal(0.01);

  private final SegmentationHeadConfig config;
  private final int classes;
  private final NormActivation style;
  private final Optional<Activation> logitActivation;

  /**
   * A head for {@code classes} classes.
   *
   * @throws ConfigException for an option that cannot be used
   */
  public SegmentationHead(
      SegmentationHeadConfig config, int classes, NormActivationConfig normActivation) {
    this.config = config;
    this.classes = classes;
    this.style = NormActivation.of(normActivation).asFunction();
    this.logitActivation = config.logitActivation().map(Activation::named);
    if (classes < 1) {
      throw new ConfigException("num_classes: %d; set it to 1 or more".formatted(classes));
    }
    if (config.featureFusion().equals(Optional.of(FeatureFusion.PANOPTIC_FPN_FUSION))
        && (config.decoderMaxLevel().isEmpty()
            || config.decoderMinLevel().orElse(config.level()) != config.level())) {
      throw new ConfigException(
          "head: panoptic_fpn_fusion needs decoder_min_level equal to level (%d, not %s) and a"
                  .formatted(config.level(), config.decoderMinLevel().orElse(config.level()))
              + " decoder_max_level, the decoder's coarsest level");
    }
    if (config.numConvs() < 0 || config.upsampleFactor() < 1) {
      throw new ConfigException(
          "head: num_convs %d must not be negative, upsample_factor %d must be 1 or more"
              .formatted(config.numConvs(), config.upsampleFactor()));
    }
  }

  @Override
  public Operand<TFloat32> build(
      Layers layers, String key, FeatureMaps backbone, FeatureMaps decoder) {
    Operand<TFloat32> x = fuse(layers, key, backbone, decoder);
    int layer = 0;
    for (int i = 0; i < config.numConvs(); i++) {
      if (config.useDepthwiseConvolution()) {
        x = conv(layers, key, layer++, Conv.depthwise(3), x);
      }
      int kernel = config.useDepthwiseConvolution() ? 1 : 3;
      x = conv(layers, key, layer++, Conv.of(config.numFilters(), kernel), x);
    }
    x = Resampling.replicate(layers.tf(), x, config.upsampleFactor());
    Conv classifier =
        Conv.of(classes, config.predictionKernelSize()).withBias().initializer(NARROW);
    Operand<TFloat32> logits = layers.conv(key + "/_classifier", classifier, x);
    return logitActivation.map(it -> it.apply(layers.tf(), logits)).orElse(logits);
  }

  private Operand<TFloat32> conv(
      Layers layers, String key, int layer, Conv conv, Operand<TFloat32> x) {
    return style.conv(
        layers, key + "/_convs/" + layer, conv.initializer(NARROW), key + "/_norms/" + layer, x);
  }

  private Operand<TFloat32> fuse(
      Layers layers, String key, FeatureMaps backbone, FeatureMaps decoder) {
    String level = Integer.toString(config.level());
    if (config.featureFusion().isEmpty()) {
      return decoder.get(level);
    }
    FeatureFusion fusion = config.featureFusion().get();
    return switch (fusion) {
      case DEEPLABV3PLUS, DEEPLABV3PLUS_SUM_TO_MERGE ->
          fuseLowLevel(layers, key, fusion, backbone.get(config.lowLevel()), decoder.get(level));
      case PYRAMID_FUSION -> PyramidFusion.build(layers, decoder, config.level());
      case PANOPTIC_FPN_FUSION ->
          new PanopticFpnFusion(
                  config.level(),
                  config.decoderMaxLevel().orElseThrow(),
                  config.numFilters(),
                  style.activation())
              .build(layers, key + "/_panoptic_fpn_fusion", decoder);
    };
  }

  private Operand<TFloat32> fuseLowLevel(
      Layers layers,
      String key,
      FeatureFusion fusion,
      Operand<TFloat32> low,
      Operand<TFloat32> high) {
    Ops tf = layers.tf();
    Conv project = Conv.of(config.lowLevelNumFilters(), 1).valid().initializer(NARROW);
    Operand<TFloat32> y =
        style.conv(layers, key + "/_dlv3p_conv", project, key + "/_dlv3p_norm", low);
    Operand<TFloat32> x = Resampling.bilinear(tf, high, Resampling.size(tf, y));
    if (fusion == FeatureFusion.DEEPLABV3PLUS) {
      return tf.concat(List.of(x, y), tf.constant(-1));
    }
    long channels = x.shape().get(3);
    if (channels != config.lowLevelNumFilters()) {
      throw new ConfigException(
          "head.low_level_num_filters: %d, but the decoder gives %d channels; to sum them, set it to"
                  .formatted(config.lowLevelNumFilters(), channels)
              + " "
              + channels);
    }
    return tf.math.add(x, y);
  }
}
