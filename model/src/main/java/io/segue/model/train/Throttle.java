package io.segue.model.train;

import java.time.Duration;

/** Holds work to a share of the time by resting after each piece of it. */
final class Throttle {
  private final double dutyCycle;
  private final Pace pace;

  Throttle(double dutyCycle, Pace pace) {
    this.dutyCycle = dutyCycle;
    this.pace = pace;
  }

  /** Rests as long as {@code workedNanos} of work ask for; returns the nanoseconds rested. */
  long rest(long workedNanos) throws InterruptedException {
    if (dutyCycle == 1) {
      return 0;
    }
    long start = pace.nanoTime();
    pace.sleep(Duration.ofNanos((long) (workedNanos * (1 / dutyCycle - 1))));
    return pace.nanoTime() - start;
  }
}
