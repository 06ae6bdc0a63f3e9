package io.segue.operators.gate;

import java.io.Serializable;

/**
 * What a candidate must reach.
 *
 * @param margin by how much its mean IoU on the holdout must exceed that of the live version; may
 *     be negative, −1 to 1
 * @param minFrames holdout frames without which no candidate passes
 * @param plan id of the plan that both are judged under, such as {@code s1}
 * @param rollbackDrop by how much the mean IoU of served masks may fall short of the version before
 *     until the live version is rolled back, 0 to 1; 0 never rolls back, for what drifts is scored
 *     lower without any version being worse
 * @param rollbackFrames newest labelled frames of each of the two that are compared, at least 1
 */
public record GateOptions(
    double margin, int minFrames, String plan, double rollbackDrop, int rollbackFrames)
    implements Serializable {
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
    if (!(rollbackDrop >= 0 && rollbackDrop <= 1) || rollbackFrames < 1) {
      throw new IllegalArgumentException(
          "learn.gate: rollback_drop %s must be 0 to 1, rollback_frames %d at least 1"
              .formatted(rollbackDrop, rollbackFrames));
    }
  }

  /** What goes live stays until a command says otherwise. */
  public GateOptions(double margin, int minFrames, String plan) {
    this(margin, minFrames, plan, 0, 32);
  }
}
