package io.segue.operators.gate;

import java.io.Serializable;

/**
 * What a candidate must reach.
 *
 * @param margin by how much its mean IoU on the holdout must exceed that of the live version; may
 *     be negative, −1 to 1
 * @param minFrames holdout frames without which no candidate passes
 * @param plan id of the plan that both are judged under, such as {@code s1}
 */
public record GateOptions(double margin, int minFrames, String plan) implements Serializable {
  /** At least as good as the live version on 20 frames or more, at one scale. */
  public static final GateOptions DEFAULT = new GateOptions(0, 20, "s1");

  /** Checks the ranges. */
  public GateOptions {
    if (!(margin >= -1 && margin <= 1)) {
      throw new IllegalArgumentException(
          "gate margin %s; it must be between -1 and 1".formatted(margin));
    }
    if (minFrames < 1) {
      throw new IllegalArgumentException(
          "gate with %d holdout frames; give at least 1".formatted(minFrames));
    }
  }
}
