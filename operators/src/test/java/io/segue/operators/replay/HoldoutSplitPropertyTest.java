package io.segue.operators.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class HoldoutSplitPropertyTest {
  private static final HoldoutSplit SPLIT =
      new HoldoutSplit(0.3, Duration.ofSeconds(60), Duration.ofSeconds(5), 11);

  @Property(tries = 500)
  void noTrainingFrameIsWithinTheGuardOfAHoldoutFrame(
      @ForAll @LongRange(min = -1_000_000_000L, max = 4_102_444_800_000L) long time,
      @ForAll @LongRange(min = -5000, max = 5000) long distance) {
    if (SPLIT.part("cam", time) == Part.TRAINING) {
      assertThat(SPLIT.part("cam", time + distance)).isNotEqualTo(Part.HOLDOUT);
    }
  }

  @Property(tries = 200)
  void framesOfOneBlockAreHeldOutTogether(
      @ForAll @LongRange(min = 0, max = 30_000_000) long block,
      @ForAll @LongRange(min = 0, max = 59_999) long offset) {
    boolean first = SPLIT.part("cam", block * 60_000) == Part.HOLDOUT;

    assertThat(SPLIT.part("cam", block * 60_000 + offset) == Part.HOLDOUT).isEqualTo(first);
  }

  @Example
  void holdsOutAboutTheShareAskedFor() {
    long held =
        LongStream.range(0, 5000)
            .filter(block -> SPLIT.part("cam", block * 60_000) == Part.HOLDOUT)
            .count();

    // Standard deviation 0.0065.
    assertThat(held / 5000.0).isCloseTo(0.3, within(0.03));
  }

  @Example
  void aShareOfZeroLeavesNothingOut() {
    HoldoutSplit none = new HoldoutSplit(0, Duration.ofSeconds(60), Duration.ofSeconds(5), 11);

    assertThat(LongStream.range(0, 1000).mapToObj(t -> none.part("cam", t * 997)))
        .containsOnly(Part.TRAINING);
  }
}
