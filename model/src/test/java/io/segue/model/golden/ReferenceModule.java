package io.segue.model.golden;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.backbone.Backbone;
import io.segue.model.backbone.DilatedResNet;
import io.segue.model.backbone.EfficientNet;
import io.segue.model.backbone.MobileNet;
import io.segue.model.backbone.ResNet;
import io.segue.model.config.AsppConfig;
import io.segue.model.config.ConfigException;
import io.segue.model.config.DilatedResNetConfig;
import io.segue.model.config.EfficientNetConfig;
import io.segue.model.config.FpnConfig;
import io.segue.model.config.MaskScoringConfig;
import io.segue.model.config.MobileNetConfig;
import io.segue.model.config.NasFpnConfig;
import io.segue.model.config.ResNetConfig;
import io.segue.model.config.SegmentationHeadConfig;
import io.segue.model.decoder.Aspp;
import io.segue.model.decoder.Decoder;
import io.segue.model.decoder.Fpn;
import io.segue.model.decoder.NasFpn;
import io.segue.model.head.Head;
import io.segue.model.head.MaskScoring;
import io.segue.model.head.SegmentationHead;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Layers;
import io.segue.model.network.SegmentationModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Builds our counterpart of the reference class that a case names. */
final class ReferenceModule {
  private ReferenceModule() {}

  /** The outputs by the names that the case gives them. */
  static Map<String, Operand<TFloat32>> build(
      JsonNode json, Layers layers, Map<String, ? extends Operand<TFloat32>> inputs) {
    String name = json.path("reference").path("class").asText();
    Arguments arguments = new Arguments(json.path("reference").path("arguments"));
    Map<String, Operand<TFloat32>> maps = new LinkedHashMap<>(inputs);
    return switch (json.path("kind").asText()) {
      case "primitive" -> Map.of("output", Primitives.build(name, arguments, layers, maps));
      case "block" -> Blocks.build(name, arguments, layers, maps);
      case "backbone" ->
          backbone(name, arguments).build(layers, "backbone", maps.get("input")).all();
      case "decoder" ->
          decoder(name, arguments).build(layers, "decoder", FeatureMaps.of(maps)).all();
      case "head" -> head(name, arguments, layers, maps);
      case "model" -> model(arguments, layers, maps.get("input"));
      default -> throw new AssertionError(name);
    };
  }

  static Backbone backbone(String name, Arguments given) {
    Arguments arguments = given.renamed("init_stochastic_depth_rate", "stochastic_depth_drop_rate");
    return switch (name.substring(name.indexOf('.') + 1)) {
      case "ResNet" -> new ResNet(arguments.over(ResNetConfig.DEFAULT), arguments.style());
      case "DilatedResNet" ->
          new DilatedResNet(arguments.over(DilatedResNetConfig.DEFAULT), arguments.style());
      case "EfficientNet" ->
          new EfficientNet(arguments.over(EfficientNetConfig.DEFAULT), arguments.style());
      case "MobileNet" -> new MobileNet(arguments.over(MobileNetConfig.DEFAULT), arguments.style());
      default -> throw new AssertionError("backbone " + name);
    };
  }

  private static Decoder decoder(String name, Arguments arguments) {
    return switch (name.substring(name.indexOf('.') + 1)) {
      case "ASPP" -> new Aspp(arguments.over(AsppConfig.DEFAULT), arguments.style());
      case "FPN" ->
          new Fpn(
              arguments.over(FpnConfig.DEFAULT, "min_level", "max_level"),
              arguments.number("min_level", 3),
              arguments.number("max_level", 7),
              arguments.style());
      case "NASFPN" ->
          new NasFpn(
              arguments.over(NasFpnConfig.DEFAULT, "min_level", "max_level"),
              arguments.number("min_level", 3),
              arguments.number("max_level", 7),
              arguments.style());
      default -> throw new AssertionError("decoder " + name);
    };
  }

  private static Map<String, Operand<TFloat32>> head(
      String name, Arguments arguments, Layers layers, Map<String, Operand<TFloat32>> inputs) {
    if (name.endsWith("MaskScoring")) {
      return Map.of(
          "mask_scores",
          maskScoring(arguments).build(layers, "mask_scoring_head", inputs.get("logits")));
    }
    FeatureMaps backbone = below("backbone/", inputs);
    FeatureMaps decoder = below("decoder/", inputs);
    return Map.of("logits", segmentationHead(arguments).build(layers, "head", backbone, decoder));
  }

  private static MaskScoring maskScoring(Arguments arguments) {
    // The constructor's defaults, which are not those of the configuration.
    MaskScoringConfig defaults = new MaskScoringConfig(3, 256, false, List.of(), 2, 1024);
    return new MaskScoring(
        arguments.over(defaults, "num_classes"),
        arguments.number("num_classes", 0),
        arguments.style());
  }

  /**
   * What the reference takes for no fusion because it does not know the name is an error here; the
   * case then compares the head without a fusion.
   */
  private static Head segmentationHead(Arguments given) {
    Arguments arguments = given;
    if (given.text("feature_fusion", "").equals("something_else")) {
      assertThatThrownBy(() -> given.over(SegmentationHeadConfig.DEFAULT, "num_classes"))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("feature_fusion");
      arguments = given.without("feature_fusion");
    }
    return new SegmentationHead(
        arguments.over(SegmentationHeadConfig.DEFAULT, "num_classes", "num_decoder_filters"),
        arguments.number("num_classes", 0),
        arguments.style());
  }

  private static FeatureMaps below(String prefix, Map<String, Operand<TFloat32>> inputs) {
    Map<String, Operand<TFloat32>> maps = new LinkedHashMap<>();
    inputs.forEach(
        (name, map) -> {
          if (name.startsWith(prefix)) {
            maps.put(name.substring(prefix.length()), map);
          }
        });
    return FeatureMaps.of(maps);
  }

  private static Map<String, Operand<TFloat32>> model(
      Arguments arguments, Layers layers, Operand<TFloat32> image) {
    Map.Entry<String, JsonNode> backbone =
        arguments.json().path("backbone").properties().iterator().next();
    Optional<Decoder> decoder =
        arguments.has("decoder")
            ? arguments.json().path("decoder").properties().stream()
                .findFirst()
                .map(it -> decoder("." + it.getKey(), new Arguments(it.getValue())))
            : Optional.empty();
    SegmentationModel model =
        new SegmentationModel(
            backbone("." + backbone.getKey(), new Arguments(backbone.getValue())),
            decoder,
            segmentationHead(new Arguments(arguments.json().path("head"))),
            arguments.has("mask_scoring_head")
                ? Optional.of(
                    maskScoring(new Arguments(arguments.json().path("mask_scoring_head"))))
                : Optional.empty());
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    SegmentationModel.Outputs network = model.build(layers, image);
    outputs.put("logits", network.logits());
    network.maskScores().ifPresent(it -> outputs.put("mask_scores", it));
    return outputs;
  }
}
