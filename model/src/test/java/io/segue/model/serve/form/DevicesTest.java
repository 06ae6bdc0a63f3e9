package io.segue.model.serve.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.tensorflow.DeviceSpec;
import org.tensorflow.proto.ConfigProto;

class DevicesTest {
  @Test
  void namesWhatASessionComputesOn() {
    ConfigProto twoCpus = Devices.CONFIG.toBuilder().putDeviceCount("CPU", 2).build();
    assertThat(Devices.list(twoCpus)).contains("CPU:0", "CPU:1");
    assertThat(Devices.list(Devices.CONFIG)).containsAll(Devices.gpus()).doesNotContain("CPU:1");
  }

  @Test
  void readsNames() {
    DeviceSpec spec = Devices.spec("GPU:12");
    assertThat(spec.deviceType()).isEqualTo(DeviceSpec.DeviceType.GPU);
    assertThat(spec.deviceIndex()).isEqualTo(12);
  }

  @Test
  void refusesWhatIsNoName() {
    assertThatThrownBy(() -> Devices.spec("cuda0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'cuda0'")
        .hasMessageContaining("GPU:0");
  }
}
