package io.segue.model.train;

import java.time.Duration;

/**
 * How a run ended.
 *
 * @param completed false: cancelled, and no model was written
 * @param steps updates made, those before a resume included
 * @param lastLoss loss of the last step, weight decay included; NaN if no step was made
 * @param wall time from start to end
 * @param starvedShare share of the time between first and last step, rest left out, in which the
 *     step waited for examples, 0–1
 */
public record TrainingResult(
    boolean completed, long steps, double lastLoss, Duration wall, double starvedShare) {}
