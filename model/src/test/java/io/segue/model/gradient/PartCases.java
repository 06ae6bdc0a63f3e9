package io.segue.model.gradient;

import io.segue.model.backbone.Backbone;
import io.segue.model.backbone.Backbones;
import io.segue.model.config.AsppConfig;
import io.segue.model.config.BackboneConfig;
import io.segue.model.config.ConfigReader;
import io.segue.model.config.FeatureFusion;
import io.segue.model.config.FpnConfig;
import io.segue.model.config.MaskScoringConfig;
import io.segue.model.config.NasFpnConfig;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.config.SegmentationHeadConfig;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.decoder.Aspp;
import io.segue.model.decoder.Decoder;
import io.segue.model.decoder.Fpn;
import io.segue.model.decoder.NasFpn;
import io.segue.model.gradient.GradientCase.Mode;
import io.segue.model.head.MaskScoring;
import io.segue.model.head.SegmentationHead;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.FunctionalLayers;
import io.segue.model.layer.FunctionalModel;
import io.segue.model.layer.Layers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Whole backbones, decoders and heads, one direction for each of their layers where many. */
final class PartCases {
  private static final NormActivationConfig SWISH =
      new NormActivationConfig("swish", true, 0.9, 1e-3);

  private PartCases() {}

  static List<GradientCase> all() {
    return Stream.of(backbones(), decoders(), heads()).flatMap(List::stream).toList();
  }

  private static List<GradientCase> backbones() {
    return List.of(
        backbone("resnet", "{model_id: 10, depth_multiplier: 0.125}", 64),
        backbone(
                "resnet",
                "{model_id: 50, depth_multiplier: 0.0625, stem_type: v1, se_ratio: 0.25,"
                    + " resnetd_shortcut: true, replace_stem_max_pool: true}",
                64)
            .in(Mode.INPUTS),
        backbone(
                "resnet",
                "{model_id: 10, depth_multiplier: 0.0625, stochastic_depth_drop_rate: 0.2}",
                64)
            .in(Mode.TRAINING)
            .drawing(),
        backbone(
                "dilated_resnet",
                "{model_id: 50, output_stride: 8, multigrid: [1, 2, 4], stem_type: v1}",
                16)
            .in(Mode.INPUTS),
        backbone("efficientnet", "{model_id: b0, se_ratio: 0.25, se_inner_activation: swish}", 64)
            .in(Mode.INPUTS),
        backbone("mobilenet", mobileNet("MobileNetV1", 8, false), 32),
        backbone("mobilenet", mobileNet("MobileNetV2", 8, true), 32),
        backbone("mobilenet", mobileNet("MobileNetV3Large", 16, true), 32),
        backbone("mobilenet", mobileNet("MobileNetV3Small", 16, true), 32));
  }

  private static String mobileNet(String id, int stride, boolean endpoints) {
    return "{model_id: %s, filter_size_scale: 0.1, output_stride: %d, output_intermediate_endpoints: %s}"
        .formatted(id, stride, endpoints);
  }

  private static GradientCase backbone(String type, String options, int side) {
    BackboneConfig config =
        ConfigReader.read(
                "backbone: {type: %s, %s: %s}".formatted(type, type, options),
                SegmentationModelConfig.DEFAULT)
            .backbone();
    Backbone backbone = Backbones.of(config, SWISH);
    return GradientCase.of(
            type + " " + options,
            Map.of("image", Shape.of(2, side, side, 3)),
            (l, in) -> List.copyOf(backbone.build(l, "backbone", in.get("image")).all().values()),
            backbone.getClass())
        .in(Mode.MOVING_STATISTICS)
        .inPieces()
        .byLayer();
  }

  private static List<GradientCase> decoders() {
    List<GradientCase> cases = new ArrayList<>();
    for (String version : List.of("v1", "v2")) {
      for (boolean depthwise : new boolean[] {false, true}) {
        for (boolean kernel : new boolean[] {false, true}) {
          AsppConfig config =
              new AsppConfig(
                  3,
                  List.of(2, 3),
                  kernel ? Optional.of(List.of(24, 32)) : Optional.empty(),
                  3,
                  0,
                  depthwise,
                  version,
                  "bilinear",
                  false);
          cases.add(decoder(config.toString(), new Aspp(config, SWISH), 3, 3));
        }
      }
    }
    for (String fusion : List.of("sum", "concat")) {
      for (boolean separable : new boolean[] {false, true}) {
        // Levels 6 and 7 are its own.
        FpnConfig config = new FpnConfig(3, fusion, separable, false);
        cases.add(decoder(config.toString(), new Fpn(config, 3, 7, SWISH), 3, 5));
      }
    }
    for (boolean separable : new boolean[] {false, true}) {
      // Attention and pooling take maxima.
      NasFpnConfig config = new NasFpnConfig(3, 1, separable);
      cases.add(
          decoder(config.toString(), new NasFpn(config, 3, 7, SWISH), 3, 5)
              .in(Mode.MOVING_STATISTICS)
              .inPieces()
              .byLayer());
    }
    return cases;
  }

  private static GradientCase decoder(String name, Decoder decoder, int finest, int coarsest) {
    return GradientCase.of(
        name,
        levels(decoder instanceof NasFpn ? 1 : 4, finest, coarsest),
        (l, in) -> List.copyOf(decoder.build(l, "decoder", in).all().values()),
        decoder.getClass(),
        FunctionalModel.class,
        FunctionalLayers.class);
  }

  /** Maps of an image of 128 pixels. */
  private static Map<String, Shape> levels(int batch, int finest, int coarsest) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (int level = finest; level <= coarsest; level++) {
      int side = 128 >> level;
      shapes.put(Integer.toString(level), Shape.of(batch, side, side, 3));
    }
    return shapes;
  }

  private static List<GradientCase> heads() {
    List<GradientCase> cases = new ArrayList<>();
    List<Optional<FeatureFusion>> fusions = new ArrayList<>(List.of(Optional.empty()));
    Arrays.stream(FeatureFusion.values()).map(Optional::of).forEach(fusions::add);
    for (Optional<FeatureFusion> fusion : fusions) {
      cases.add(head(fusion, false, 1, 1, Optional.empty()));
    }
    cases.add(head(Optional.of(FeatureFusion.DEEPLABV3PLUS), true, 1, 1, Optional.empty()));
    cases.add(head(Optional.empty(), true, 3, 2, Optional.empty()));
    cases.add(head(Optional.empty(), false, 1, 2, Optional.of("sigmoid")));
    for (boolean depthwise : new boolean[] {false, true}) {
      MaskScoring scoring =
          new MaskScoring(new MaskScoringConfig(2, 3, depthwise, List.of(3, 4), 2, 5), 3, SWISH);
      cases.add(
          GradientCase.of(
                  "mask scoring, depthwise " + depthwise,
                  Shape.of(6, 8, 8, 3),
                  (l, x) -> scoring.build(l, "mask_scoring_head", x),
                  MaskScoring.class)
              .in(Mode.STOPPED));
    }
    return cases;
  }

  private static GradientCase head(
      Optional<FeatureFusion> fusion,
      boolean depthwise,
      int kernel,
      int upsampling,
      Optional<String> activation) {
    boolean panoptic = fusion.equals(Optional.of(FeatureFusion.PANOPTIC_FPN_FUSION));
    SegmentationHeadConfig config =
        new SegmentationHeadConfig(
            4,
            1,
            panoptic ? 32 : 3,
            depthwise,
            kernel,
            upsampling,
            fusion,
            "3",
            3,
            panoptic ? Optional.of(4) : Optional.empty(),
            panoptic ? Optional.of(5) : Optional.empty(),
            activation,
            SegmentationHeadConfig.SEGMENTATION,
            Map.of());
    SegmentationHead head = new SegmentationHead(config, 2, SWISH);
    return GradientCase.of(
        "head with %s, depthwise %s, classifier %d, upsampling %d, %s"
            .formatted(
                fusion.map(it -> it.name().toLowerCase(Locale.ROOT)).orElse("no fusion"),
                depthwise,
                kernel,
                upsampling,
                activation.orElse("no activation")),
        levels(4, 3, 5),
        (l, in) -> List.of(built(head, l, in)),
        SegmentationHead.class);
  }

  private static Operand<TFloat32> built(SegmentationHead head, Layers layers, FeatureMaps in) {
    FeatureMaps decoded = FeatureMaps.of(Map.of("4", in.get("4"), "5", in.get("5")));
    return head.build(layers, "head", FeatureMaps.of(Map.of("3", in.get("3"))), decoded);
  }
}
