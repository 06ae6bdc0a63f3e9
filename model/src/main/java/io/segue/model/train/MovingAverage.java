package io.segue.model.train;

/**
 * Exponential moving averages of the weights, as the reference's {@code ExponentialMovingAverage}:
 * they start at zero and are not bias-corrected, so early averages lean towards zero.
 *
 * @param averageDecay share of the old average, 0–1
 * @param startStep number of the first update (from 1) that averages; before it the average follows
 *     the weight
 * @param dynamicDecay true: no more than {@code (1 + d) / (10 + d)} with d updates since the start
 */
public record MovingAverage(double averageDecay, int startStep, boolean dynamicDecay) {

  /** The reference's defaults. */
  public static final MovingAverage DEFAULT = new MovingAverage(0.99, 0, true);

  /** The slot that holds a parameter's average. */
  static final String SLOT = "average";

  /** The decay after update {@code number}, 1 for the first. */
  public double decayAt(long number) {
    if (number < startStep) {
      return 0;
    }
    double since = (double) number - startStep;
    return dynamicDecay ? Math.min(averageDecay, (1 + since) / (10 + since)) : averageDecay;
  }
}
