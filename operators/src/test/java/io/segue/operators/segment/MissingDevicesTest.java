package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MissingDevicesTest {
  private static final List<String> GPUS = List.of("GPU:0");
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  @AfterEach
  void forget() {
    System.clearProperty(MissingDevices.SAID);
  }

  private void tell(List<String> wanted, List<String> used) {
    MissingDevices.tell(wanted, GPUS, used, said::add);
  }

  @Test
  void saysOnceAProcessWhatIsMissing() {
    tell(List.of("GPU:0", "GPU:1"), List.of("GPU:0"));
    tell(List.of("GPU:0", "GPU:1"), List.of("GPU:0"));
    tell(List.of("GPU:7"), List.of(""));
    assertThat(said)
        .containsExactly(
            "segment.serving.devices is [GPU:0, GPU:1], this process has the GPUs [GPU:0]:"
                + " networks run on [GPU:0]");
  }

  @Test
  void saysNothingWhereAllAreThereOrNoneAreAskedFor() {
    tell(List.of("GPU:0"), GPUS);
    tell(List.of(), List.of(""));
    assertThat(said).isEmpty();
  }
}
