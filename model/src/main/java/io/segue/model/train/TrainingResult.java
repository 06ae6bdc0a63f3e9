package io.segue.model.train;

import java.time.Duration;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param completed false: cancelled, and no model was written
 * @param steps updates made, those before a resume included
 * @param lastLoss loss of the last step, weight decay included; NaN if no step was made
 * @param wall time from start to end
 * @param starvedShare share of the time between first and last step, rest and validation left out,
 *     in which the step waited for examples, 0–1
 * @param imagesPerSecond images learned from in that time
 * @param best the best score, if the run was validated
 */
public record TrainingResult(
    boolean completed,
    long steps,
    double lastLoss,
    Duration wall,
    double starvedShare,
    double imagesPerSecond,
    Optional<Best> best) {

  /**
   * A score.
   *
   * @param step number of steps after which it was reached
   * @param score as the {@link Validation} gives it
   */
  public record Best(long step, double score) {}
}
