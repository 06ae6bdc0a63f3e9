package io.segue.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.segue.deploy.bench.SideBySide.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SideBySideTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void addsUpWhatEachReachesByItsOwnClock() {
    assertThat(SideBySide.runsPerSecond(List.of(runs(0, SECOND, 4)))).isCloseTo(1, within(1e-9));
    assertThat(SideBySide.runsPerSecond(List.of(runs(0, SECOND, 4), runs(7, SECOND / 2, 8))))
        .isCloseTo(3, within(1e-6));
  }

  @Test
  void leavesOutWhatOneDoesWhenTheOtherIsDone() {
    List<Run> doneFirst = runs(0, SECOND, 4);
    List<Run> longer = new ArrayList<>(runs(SECOND / 2, SECOND, 3));
    longer.addAll(runs(longer.get(2).ended(), 3 * SECOND / 4, 5));

    assertThat(SideBySide.runsPerSecond(List.of(doneFirst, longer))).isCloseTo(2, within(1e-9));
  }

  private static List<Run> runs(long from, long each, int count) {
    return LongStream.range(0, count)
        .mapToObj(i -> new Run(from + i * each, from + (i + 1) * each))
        .toList();
  }
}
