package io.segue.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.bench.MachineSpeed.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineSpeedTest {
  @Test
  void leavesOutSlowPartsAndThoseRightBehindThem() {
    List<Part> parts =
        List.of(part(0, 50), part(1, 55), part(2, 80), part(3, 52), part(4, 50), part(5, 66));
    assertThat(MachineSpeed.steady(parts))
        .containsExactly(parts.get(0), parts.get(1), parts.get(4));
  }

  @Test
  void keepsAllPartsOfAMachineThatKeepsItsSpeed() {
    List<Part> parts = List.of(part(0, 50), part(1, 58), part(2, 47));
    assertThat(MachineSpeed.steady(parts)).isEqualTo(parts);
  }

  private static Part part(int number, double cpuMillisPerFrame) {
    return new Part(4000L * number, 4000L * (number + 1), cpuMillisPerFrame);
  }
}
