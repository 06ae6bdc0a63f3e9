package io.segue.operators.train;

import java.io.Serializable;

/**
 * When a training run is asked for.
 *
 * @param everyLabels newly accepted training labels between two requests
 * @param minEntries entries that the replay buffer must hold
 */
public record TriggerOptions(long everyLabels, long minEntries) implements Serializable {
  /** Every 200 labels, from 50 entries on. */
  public static final TriggerOptions DEFAULT = new TriggerOptions(200, 50);

  /** Checks the ranges. */
  public TriggerOptions {
    if (everyLabels < 1 || minEntries < 1) {
      throw new IllegalArgumentException(
          "training every %d labels with at least %d entries; give at least 1 of each"
              .formatted(everyLabels, minEntries));
    }
  }
}
