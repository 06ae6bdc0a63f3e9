package io.segue.model.network;

import io.segue.model.backbone.Backbone;
import io.segue.model.backbone.Backbones;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.decoder.Decoder;
import io.segue.model.decoder.Decoders;
import io.segue.model.head.Head;
import io.segue.model.head.Heads;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Layers;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A segmentation network ({@code official/vision/modeling/segmentation_model.py}). Immutable;
 * {@link #build} writes it into a graph as often as asked.
 *
 * @param backbone its weights lie below {@code backbone}
 * @param decoder below {@code decoder}; absent feeds the backbone's maps to the head
 * @param head below {@code head}
 */
public record SegmentationModel(Backbone backbone, Optional<Decoder> decoder, Head head) {

  /**
   * What a network gives.
   *
   * @param logits {@code [batch, height / s, width / s, classes]}, s the stride of the head's map
   */
  public record Outputs(Operand<TFloat32> logits) {}

  /**
   * The network that a configuration describes.
   *
   * @throws io.segue.model.config.ConfigException naming the key that cannot be used
   */
  public static SegmentationModel of(SegmentationModelConfig config) {
    return new SegmentationModel(
        Backbones.of(config.backbone(), config.normActivation()),
        Decoders.of(config),
        Heads.of(config));
  }

  /**
   * Builds the network.
   *
   * @param image normalised, {@code [batch, height, width, 3]}; see {@link
   *     io.segue.model.config.ImageNormalization}
   */
  public Outputs build(Layers layers, Operand<TFloat32> image) {
    FeatureMaps features = backbone.build(layers, "backbone", image);
    FeatureMaps decoded = decoder.map(it -> it.build(layers, "decoder", features)).orElse(features);
    return new Outputs(head.build(layers, "head", features, decoded));
  }
}
