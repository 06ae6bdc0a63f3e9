package io.segue.model.serve;

import static io.segue.model.serve.ServingModelsTest.SPEC;
import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.config.Plan;
import io.segue.model.serve.form.Devices;
import io.segue.model.serve.form.ServingForm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.NodeDef;

class PlanGraphTest {
  private static final ConfigProto TWO_CPUS =
      Devices.CONFIG.toBuilder().putDeviceCount("CPU", 2).build();

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
        SPEC,
        ServingModelsTest.weights(SPEC),
        Plan.SINGLE,
        ServingForm.PLAIN_FLOAT32,
        TWO_CPUS,
        device);
  }

  private byte[] mask(String device) {
    int height = SPEC.inputHeight();
    int width = SPEC.inputWidth();
    byte[] mask = new byte[height * width];
    try (PlanGraph graph = graph(device);
        Segmentation result =
            graph.run(ServingModelsTest.frames(1, height, width), 1, height, width)) {
      result.mask(0).get(mask);
    }
    return mask;
  }
}
