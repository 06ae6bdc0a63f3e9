package io.segue.model.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.config.ConfigException;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import io.segue.model.network.SegmentationModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Parameters, trainable parameters, channels and levels of the reference's networks. */
class ParameterCountsTest {
  private static final String DILATED_101 =
      "backbone: {type: dilated_resnet, dilated_resnet: {model_id: 101, stem_type: v1,"
          + " multigrid: [1, 2, 4]}}, ";
  private static final String MOBILE =
      "backbone: {type: mobilenet, mobilenet: {output_stride: 16,"
          + " output_intermediate_endpoints: true}}, decoder: {type: aspp}, ";
  private static final String PLUS =
      "head: {level: 4, feature_fusion: deeplabv3plus, low_level: %s"
          + ", use_depthwise_convolution: %s}";
  private static final String RATES =
      "decoder: {type: aspp, aspp: {dilation_rates: [6, 12, 18]}}, ";
  private static final String PLAIN_HEAD = "head: {level: 4, num_convs: 0}";

  private static final Map<String, String> EXPERIMENTS =
      Map.of(
          "seg_deeplabv3_pascal",
          DILATED_101
              + "decoder: {type: aspp, aspp: {dilation_rates: [12, 24, 36]}}, "
              + PLAIN_HEAD,
          "seg_deeplabv3plus_pascal",
          DILATED_101 + RATES + PLUS.formatted("2", "false"),
          "seg_deeplabv3plus_cityscapes",
          DILATED_101 + RATES + PLUS.formatted("2", "false"),
          "seg_resnetfpn_pascal",
          "decoder: {type: fpn}, min_level: 3, max_level: 7, head: {level: 3, num_convs: 3}",
          "mnv2_deeplabv3_pascal",
          MOBILE + PLAIN_HEAD,
          "mnv2_deeplabv3_cityscapes",
          MOBILE + PLAIN_HEAD,
          "mnv2_deeplabv3plus_cityscapes",
          MOBILE + PLUS.formatted("2/depthwise", "true"));

  /** Ids of the reference that this library does not offer, and refuses by name. */
  private static final Set<String> NOT_OFFERED =
      Set.of(
          "MobileNetV3EdgeTPU",
          "MobileNetMultiMAX",
          "MobileNetMultiAVG",
          "MobileNetMultiAVGSeg",
          "MobileNetMultiMAXSeg",
          "MobileNetV3SmallReducedFilters");

  @TestFactory
  Stream<DynamicTest> networksHaveTheReferencesParameterCounts() throws Exception {
    JsonNode counts =
        Fixture.json(
            Path.of(
                ParameterCountsTest.class
                    .getResource("/golden/networks/parameter_counts.json")
                    .toURI()));
    List<DynamicTest> tests = new ArrayList<>();
    counts
        .path("backbones")
        .properties()
        .forEach(
            it ->
                tests.add(
                    DynamicTest.dynamicTest(it.getKey(), () -> checkBackbone(it.getValue()))));
    counts
        .path("experiments")
        .properties()
        .forEach(
            it ->
                tests.add(
                    DynamicTest.dynamicTest(
                        it.getKey(), () -> checkExperiment(it.getKey(), it.getValue()))));
    return tests.stream();
  }

  private static void checkBackbone(JsonNode expected) {
    String id = expected.path("arguments").path("model_id").asText();
    if (NOT_OFFERED.contains(id)) {
      assertThatThrownBy(
              () ->
                  ReferenceModule.backbone(
                      expected.path("class").asText(), new Arguments(expected.path("arguments"))))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(id);
      return;
    }
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf, 0);
      FeatureMaps maps =
          ReferenceModule.backbone(
                  expected.path("class").asText(), new Arguments(expected.path("arguments")))
              .build(
                  VariableLayers.evaluation(tf, store),
                  "backbone",
                  tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 64, 64, 3))));
      assertThat(store.variables().stream().mapToLong(it -> it.shape().size()).sum())
          .as("parameters")
          .isEqualTo(expected.path("parameters").asLong());
      assertThat(
              store.variables().stream()
                  .filter(NetworkVariable::trainable)
                  .mapToLong(it -> it.shape().size())
                  .sum())
          .as("trainable parameters")
          .isEqualTo(expected.path("trainable").asLong());
      Map<String, Long> channels = new TreeMap<>();
      maps.all().forEach((name, map) -> channels.put(name, map.shape().get(3)));
      Map<String, Long> wanted = new TreeMap<>();
      expected
          .path("channels")
          .properties()
          .forEach(it -> wanted.put(it.getKey(), it.getValue().asLong()));
      assertThat(channels).containsAllEntriesOf(wanted);
    }
  }

  private static void checkExperiment(String name, JsonNode expected) {
    String yaml =
        "{num_classes: " + expected.path("classes").asInt() + ", " + EXPERIMENTS.get(name) + "}";
    Map<String, Shape> weights =
        SegmentationModel.of(SegmentationModelConfig.parse(yaml)).weights(512, 512);
    assertThat(weights.values().stream().mapToLong(Shape::size).sum())
        .as("parameters")
        .isEqualTo(expected.path("parameters").asLong());
    expected
        .path("parts")
        .properties()
        .forEach(
            part ->
                assertThat(
                        weights.entrySet().stream()
                            .filter(it -> it.getKey().startsWith(part.getKey() + "/"))
                            .mapToLong(it -> it.getValue().size())
                            .sum())
                    .as(part.getKey())
                    .isEqualTo(part.getValue().asLong()));
  }
}
