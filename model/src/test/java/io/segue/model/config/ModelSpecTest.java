package io.segue.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModelSpecTest {
  private static final String YAML =
      """
      num_classes: 2
      input_size: [null, null, 3]
      backbone:
        type: mobilenet
        mobilenet: {filter_size_scale: 0.5, output_stride: 16, output_intermediate_endpoints: true}
      decoder:
        type: aspp
        aspp: {dilation_rates: [3, 6], num_filters: 32}
      head: {level: 4, feature_fusion: deeplabv3plus, low_level: 2/depthwise}
      """;

  private static final Taxonomy TAXONOMY =
      new Taxonomy(
          "streets",
          1,
          List.of(new TaxonomyClass("road", 0x804080), new TaxonomyClass("sky", 0x4682b4)),
          255);

  @Test
  void keysLeftOutTakeTheReferencesDefaults() {
    SegmentationModelConfig network = SegmentationModelConfig.parse(YAML);
    assertThat(network.backbone()).isEqualTo(MobileNetConfig.v2(0.5, 16));
    assertThat(network.head().featureFusion()).contains(FeatureFusion.DEEPLABV3PLUS);
    assertThat(network.head().numConvs()).isEqualTo(2);
    assertThat(network.normActivation()).isEqualTo(NormActivationConfig.DEFAULT);
    assertThat(network.inputSize()).containsExactly(-1, -1, 3);
    assertThat(SegmentationModelConfig.parse("num_classes: 3\nhead: {low_level: 3}").head())
        .satisfies(head -> assertThat(head.lowLevel()).isEqualTo("3"));
  }

  @Test
  void aSpecSurvivesItsJson() {
    ModelSpec spec = new ModelSpec("road", SegmentationModelConfig.parse(YAML), 96, 128, TAXONOMY);
    assertThat(ModelSpec.fromJson(spec.toJson())).isEqualTo(spec);
  }

  @Test
  void aSpecWithoutPartsRunsAsItIsAlsoFromItsJson() {
    ModelSpec spec = ModelSpec.ofSavedModel("road", 96, 128, TAXONOMY);
    assertThat(ModelSpec.fromJson(spec.toJson())).isEqualTo(spec);
    assertThat(spec.runsAsItIs()).isTrue();
    ModelSpec built = new ModelSpec("road", SegmentationModelConfig.parse(YAML), 96, 128, TAXONOMY);
    assertThat(built.runsAsItIs()).isFalse();
  }

  @Test
  void theScoringHeadIsReadOverItsOwnDefaults() {
    SegmentationModelConfig network =
        SegmentationModelConfig.parse("mask_scoring_head: {fc_input_size: [8, 8]}");
    assertThat(network.maskScoringHead().orElseThrow().fcDims()).isEqualTo(1024);
    assertThatThrownBy(() -> SegmentationModelConfig.parse("mask_scoring_head: {fc_dim: 3}"))
        .hasMessageContaining("mask_scoring_head.fc_dim");
  }

  @Test
  void aCustomBackboneKeepsItsOptions() {
    SegmentationModelConfig network =
        SegmentationModelConfig.parse(
            "num_classes: 2\nbackbone: {type: mine, mine: {depth: 3, names: [a, b]}}");
    assertThat(network.backbone()).isInstanceOf(BackboneConfig.Custom.class);
    assertThat(ConfigReader.read(ConfigReader.write(network), SegmentationModelConfig.DEFAULT))
        .isEqualTo(network);
  }

  @Test
  void anUnknownKeyIsAnErrorThatNamesTheNearestKnownOne() {
    assertThatThrownBy(() -> SegmentationModelConfig.parse("head: {num_conv: 1}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("head.num_conv")
        .hasMessageContaining("num_convs");
    assertThatThrownBy(
            () -> SegmentationModelConfig.parse("decoder: {type: aspp, aspp: {levels: 1}}"))
        .hasMessageContaining("decoder.aspp.levels")
        .hasMessageContaining("'level'");
    assertThatThrownBy(() -> SegmentationModelConfig.parse("decoder: {type: aspp, fpn: {}}"))
        .hasMessageContaining("decoder.fpn");
  }

  @Test
  void aValueOfTheWrongTypeIsAnErrorThatNamesItsPath() {
    assertThatThrownBy(() -> SegmentationModelConfig.parse("head: {num_convs: many}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("head.num_convs");
    assertThatThrownBy(() -> SegmentationModelConfig.parse("head: {feature_fusion: something}"))
        .hasMessageContaining("head.feature_fusion")
        .hasMessageContaining("deeplabv3plus_sum_to_merge");
    assertThatThrownBy(
            () -> SegmentationModelConfig.parse("decoder: {type: aspp, aspp: {level: many}}"))
        .hasMessageContaining("decoder.aspp.level");
    assertThatThrownBy(() -> SegmentationModelConfig.parse("head: 3")).hasMessageContaining("head");
  }

  @Test
  void classesAndTaxonomyMustAgree() {
    SegmentationModelConfig network = SegmentationModelConfig.parse("num_classes: 3");
    assertThatThrownBy(() -> new ModelSpec("road", network, 1, 1, TAXONOMY))
        .hasMessageContaining("num_classes is 3");
  }
}
