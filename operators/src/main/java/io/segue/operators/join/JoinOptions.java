package io.segue.operators.join;

import java.io.Serializable;
import java.time.Duration;

/**
 * What the join holds of each stream, and for how long. The oldest goes when a limit is reached.
 *
 * @param maxFrames frames held for their labels; also a fourth of the frames remembered as labelled
 * @param maxBytes encoded bytes of frames and masks held
 * @param maxAge time for which a frame is held
 * @param labelWait time for which a label waits for its frame and mask
 * @param maxLabels labels that wait at once
 */
public record JoinOptions(
    int maxFrames, long maxBytes, Duration maxAge, Duration labelWait, int maxLabels)
    implements Serializable {
  /** 600 frames and 64 MiB a stream for up to an hour; labels wait a minute, 1,000 at once. */
  public static final JoinOptions DEFAULT =
      new JoinOptions(600, 64L << 20, Duration.ofHours(1), Duration.ofMinutes(1), 1000);

  /** Checks the ranges. */
  public JoinOptions {
    if (maxFrames < 1 || maxBytes < 1 || maxLabels < 1) {
      throw new IllegalArgumentException(
          "join of %d frames, %d bytes and %d labels a stream; give at least 1 of each"
              .formatted(maxFrames, maxBytes, maxLabels));
    }
    if (maxAge.toMillis() < 1 || labelWait.toMillis() < 1) {
      throw new IllegalArgumentException(
          "learn.join: max_age %s and label_wait %s; give at least 1 ms each"
              .formatted(maxAge, labelWait));
    }
  }
}
