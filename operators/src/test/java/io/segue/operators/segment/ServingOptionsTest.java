package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.serve.ServingEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServingOptionsTest {
  private static final List<String> TWO = List.of("GPU:0", "GPU:1");
  private static final List<String> ANYWHERE = List.of("");

  @Test
  void servesOnAllGpusThatThereAre() {
    assertThat(ServingOptions.DEFAULT.devicesOf(TWO)).isEqualTo(TWO);
    assertThat(ServingOptions.DEFAULT.devicesOf(List.of())).isEqualTo(ANYWHERE);
  }

  @Test
  void servesOnTheDevicesAskedForThatThereAre() {
    ServingOptions options = EngineFixture.on(ServingEngine.TENSORFLOW, List.of("GPU:1", "GPU:2"));
    assertThat(options.devicesOf(TWO)).containsExactly("GPU:1");
    assertThat(options.devicesOf(List.of())).isEqualTo(ANYWHERE);
    assertThat(EngineFixture.on(ServingEngine.TENSORFLOW, List.of("CPU:0")).devicesOf(TWO))
        .containsExactly("CPU:0");
  }

  @Test
  void leavesGpusAloneWhereOpenVinoServes() {
    ServingOptions openVino = EngineFixture.on(ServingEngine.OPENVINO, List.of());
    assertThat(openVino.devicesOf(TWO)).isEqualTo(ANYWHERE);
  }

  @Test
  void refusesADeviceThatCannotBe() {
    assertThatThrownBy(() -> EngineFixture.on(ServingEngine.TENSORFLOW, List.of("tpu")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'tpu'");
  }
}
