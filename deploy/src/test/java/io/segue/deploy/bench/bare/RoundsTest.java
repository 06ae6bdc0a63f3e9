package io.segue.deploy.bench.bare;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {
  @Test
  void contendersTakeTurns() throws InterruptedException {
    List<String> order = new ArrayList<>();
    List<String> progress = new ArrayList<>();
    Map<String, Contender> contenders = new LinkedHashMap<>();
    for (String name : List.of("a", "b")) {
      contenders.put(
          name,
          frames -> {
            order.add(name);
            return 32;
          });
    }
    Rounds rounds = Rounds.measure(contenders, 3, 64, progress::add);
    assertThat(order).startsWith("a", "a", "b", "b", "a", "a").hasSize(12);
    assertThat(progress).hasSize(6);
    assertThat(progress.get(2)).startsWith("round 2 of 3: a ").endsWith(" frames/s");
    assertThat(rounds.framesPerSecond("a")).isPositive();
    assertThat(rounds.ratio("a", "a")).isEqualTo(1);
  }

  @Test
  void aLongRoundIsCutIntoTurns() throws InterruptedException {
    List<String> order = new ArrayList<>();
    Map<String, Contender> contenders = new LinkedHashMap<>();
    for (String name : List.of("a", "b")) {
      contenders.put(
          name,
          frames -> {
            order.add(name);
            return name.equals("a") ? 32 : 16;
          });
    }
    Rounds.measure(contenders, 1, 64, line -> {}, Duration.ZERO);
    assertThat(order).containsExactly("a", "b", "a", "b", "b", "b");
  }

  @Test
  void framesArePutAgainstTheTimeTheyTook() {
    Timing timing = new Timing(50, 2_000_000_000L, 3_000_000_000L);
    assertThat(timing.framesPerSecond()).isEqualTo(25);
    assertThat(timing.cpuMillisPerFrame()).isEqualTo(60);
  }

  @Test
  void agreementCountsPixelsAndKeepsTheLargestDifference() {
    Agreement agreement = new Agreement(2);
    agreement.add(new float[] {1, 2, 4, 3}, new float[] {1, 2.5f, 4, 5});
    assertThat(agreement.equalPixelShare()).isEqualTo(0.5);
    assertThat(agreement.largestDifference()).isEqualTo(2);
    assertThat(agreement.largestLogit()).isEqualTo(5);
  }
}
