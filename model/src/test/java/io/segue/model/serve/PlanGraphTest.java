package io.segue.model.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.serve.form.Devices;
import io.segue.model.serve.form.ServingForm;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.NodeDef;

class PlanGraphTest {
  private static final ConfigProto TWO_CPUS =
      Devices.CONFIG.toBuilder().putDeviceCount("CPU", 2).build();
  private static final int SIZE = 32;

  private final ModelSpec spec =
      new ModelSpec(
          "road",
          SegmentationModelConfig.parse(
              """
              num_classes: 3
              backbone:
                type: mobilenet
                mobilenet: {model_id: MobileNetV2, filter_size_scale: 0.25, output_stride: 16}
              decoder: {type: aspp, aspp: {level: 4, dilation_rates: [2], num_filters: 8}}
              head: {level: 4, num_convs: 1, num_filters: 8}
              """),
          SIZE,
          SIZE,
          new Taxonomy(
              "three",
              1,
              List.of(
                  new TaxonomyClass("a", 1), new TaxonomyClass("b", 2), new TaxonomyClass("c", 3)),
              255));

  /** The second CPU stands for a second accelerator; a GPU that is not there is replaced. */
  @ParameterizedTest
  @ValueSource(strings = {"CPU:1", "GPU:3"})
  void runsOnADeviceAsWithoutOne(String device) {
    assertThat(mask(device)).isEqualTo(mask(""));
  }

  @Test
  void placesEveryOperationOnItsDevice() {
    try (PlanGraph graph = graph("CPU:1")) {
      assertThat(graph.frozen().definition().getNodeList())
          .isNotEmpty()
          .extracting(NodeDef::getDevice)
          .allMatch(it -> it.endsWith("CPU:1"));
    }
  }

  private PlanGraph graph(String device) {
    return new PlanGraph(
        spec,
        ServingModelsTest.weights(spec),
        Plan.SINGLE,
        ServingForm.PLAIN_FLOAT32,
        TWO_CPUS,
        device);
  }

  private byte[] mask(String device) {
    ByteBuffer rgb = ServingModelsTest.frames(1, SIZE, SIZE);
    byte[] mask = new byte[SIZE * SIZE];
    try (PlanGraph graph = graph(device);
        Segmentation result = graph.run(rgb, 1, SIZE, SIZE)) {
      result.mask(0).get(mask);
    }
    return mask;
  }
}
