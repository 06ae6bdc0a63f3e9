package io.segue.operators.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplingTest {
  private static final Sampling UNIFORM = new Sampling(3, 100, 7, null);

  @Test
  void shardCapacitiesAddUpToTheWhole() {
    assertThat(IntStream.range(0, 7).map(UNIFORM::capacityOf).sum()).isEqualTo(100);
  }

  @Test
  void heavierFramesAreKeptInProportionToTheirWeight() {
    // The lower rank of two wins with probability w / (w + 1); standard deviation 0.007.
    long heavier =
        IntStream.range(0, 4000)
            .filter(i -> UNIFORM.rank("a" + i, 3, 0) < UNIFORM.rank("b" + i, 1, 0))
            .count();

    assertThat(heavier / 4000.0).isCloseTo(0.75, within(0.03));
  }

  @Test
  void aFrameOneHalfLifeOlderIsHalfAsLikely() {
    Sampling recent = new Sampling(3, 100, 1, Duration.ofMinutes(1));
    long newer =
        IntStream.range(0, 4000)
            .filter(i -> recent.rank("a" + i, 1, 60_000) < recent.rank("b" + i, 1, 0))
            .count();

    assertThat(newer / 4000.0).isCloseTo(2 / 3.0, within(0.03));
  }

  @Test
  void refusesMoreShardsThanEntries() {
    assertThatThrownBy(() -> new Sampling(1, 3, 4, null))
        .hasMessageContaining("capacity 3 in 4 shards");
  }
}
