package io.segue.model.network;

import io.segue.model.backbone.Backbone;
import io.segue.model.backbone.Backbones;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.decoder.Decoder;
import io.segue.model.decoder.Decoders;
import io.segue.model.head.Head;
import io.segue.model.head.Heads;
import io.segue.model.head.MaskScoring;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Layers;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * A segmentation network ({@code official/vision/modeling/segmentation_model.py}). Immutable;
 * {@link #build} writes it into a graph as often as asked.
 *
 * @param backbone its weights lie below {@code backbone}
 * @param decoder below {@code decoder}; absent feeds the backbone's maps to the head
 * @param head below {@code head}
 * @param maskScoring below {@code mask_scoring_head}
 */
public record SegmentationModel(
    Backbone backbone, Optional<Decoder> decoder, Head head, Optional<MaskScoring> maskScoring) {

  /**
   * What a network gives.
   *
   * @param logits {@code [batch, height / s, width / s, classes]}, s the stride of the head's map
   * @param maskScores predicted IoU, {@code [batch, classes]}
   */
  public record Outputs(Operand<TFloat32> logits, Optional<Operand<TFloat32>> maskScores) {}

  /**
   * The network that a configuration describes.
   *
   * @throws io.segue.model.config.ConfigException naming the key that cannot be used
   */
  public static SegmentationModel of(SegmentationModelConfig config) {
    return new SegmentationModel(
        Backbones.of(config.backbone(), config.normActivation()),
        Decoders.of(config),
        Heads.of(config),
        config
            .maskScoringHead()
            .map(it -> new MaskScoring(it, config.numClasses(), config.normActivation())));
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
    Operand<TFloat32> logits = head.build(layers, "head", features, decoded);
    return new Outputs(
        logits, maskScoring.map(it -> it.build(layers, "mask_scoring_head", logits)));
  }

  /**
   * The weights that the network needs: shapes by checkpoint key, moving statistics included.
   *
   * @param height of an image, in pixels, where the network's size depends on it
   * @param width of an image, in pixels
   */
  public Map<String, Shape> weights(int height, int width) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf, 0);
      build(
          VariableLayers.evaluation(tf, store),
          tf.placeholder(
              TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, height, width, 3))));
      store.variables().forEach(it -> shapes.put(it.key(), it.shape()));
    }
    return shapes;
  }
}
