package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameLagTest {
  private final HeldThreads held = new HeldThreads();
  private final FrameLag lag = new FrameLag(held);

  @Test
  void growsWhileAFrameWaitsAndNothingComesOut() {
    held.advance(1_000);
    lag.begins(900);
    lag.begins(700);
    assertThat(lag.millis()).isEqualTo(300);
    held.advance(60_000);
    assertThat(lag.millis()).isEqualTo(60_300);
  }

  @Test
  void isTheGreatestOfRecentOutcomesWhereNothingWaits() {
    held.advance(5_000);
    lag.begins(1_000);
    lag.begins(4_900);
    lag.ends(1_000);
    lag.ends(4_900);
    assertThat(lag.millis()).isEqualTo(4_000);
    held.advance(FrameLag.WINDOW_MILLIS);
    assertThat(lag.millis()).isEqualTo(4_000);
    held.advance(FrameLag.WINDOW_MILLIS);
    assertThat(lag.millis()).isZero();
  }

  @Test
  void forgetsOldOutcomesWhileNewOnesComeIn() {
    held.advance(5_000);
    lag.begins(1_000);
    lag.ends(1_000);
    for (int i = 0; i < 3; i++) {
      held.advance(FrameLag.WINDOW_MILLIS);
      lag.begins(held.millis() - 30);
      lag.ends(held.millis() - 30);
    }
    assertThat(lag.millis()).isEqualTo(30);
  }

  @Test
  void tellsFramesOfTheSameMillisecondApart() {
    lag.begins(0);
    lag.begins(0);
    lag.ends(0);
    held.advance(40);
    assertThat(lag.millis()).isEqualTo(40);
  }

  @Test
  void isNeverNegative() {
    lag.begins(4_070_908_800_000L);
    assertThat(lag.millis()).isZero();
    lag.ends(4_070_908_800_000L);
    assertThat(lag.millis()).isZero();
  }
}
