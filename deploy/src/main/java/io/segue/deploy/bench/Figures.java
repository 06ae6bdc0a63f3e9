package io.segue.deploy.bench;

import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/** Statistics of samples. */
final class Figures {
  private static final double ALPHA = 0.05;

  /** A straight line's slope and its 95 % confidence interval. */
  record Slope(double value, double low, double high) {}

  private Figures() {}

  /**
   * The smallest sample that at least this share of all do not exceed; NaN of none.
   *
   * @param share above 0, up to 1
   */
  static double quantile(double[] samples, double share) {
    return new Percentile().withEstimationType(EstimationType.R_1).evaluate(samples, 100 * share);
  }

  /** NaN of none. */
  static double median(double[] samples) {
    return new Median().evaluate(samples);
  }

  /**
   * Least squares over samples one step apart, with the interval of Student's t.
   *
   * @param samples three or more
   */
  static Slope slope(double[] samples) {
    SimpleRegression line = new SimpleRegression();
    for (int i = 0; i < samples.length; i++) {
      line.addData(i, samples[i]);
    }
    double half = line.getSlopeConfidenceInterval(ALPHA);
    return new Slope(line.getSlope(), line.getSlope() - half, line.getSlope() + half);
  }
}
