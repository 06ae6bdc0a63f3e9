package io.segue.deploy.bench;

import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/** Statistics of samples. */
final class Figures {
  private static final double ALPHA = 0.05;

  /** Independent samples with which an interval still has an end. */
  private static final int FEWEST = 3;

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
   * Least squares over samples one step apart. Samples of a process's memory resemble those before
   * them, and an interval that takes them for independent is too narrow: as Santer et al. do (2000,
   * doi:10.1029/1999JD901105), Student's t is given as many samples as independent ones would say
   * the same, n · (1 − r) / (1 + r) with the autocorrelation r of neighbouring residuals.
   *
   * @param samples three or more
   */
  static Slope slope(double[] samples) {
    SimpleRegression line = new SimpleRegression();
    for (int i = 0; i < samples.length; i++) {
      line.addData(i, samples[i]);
    }
    double r = Math.max(0, neighbours(samples, line));
    double independent = Math.max(FEWEST, samples.length * (1 - r) / (1 + r));
    double freedom = independent - 2;
    double error = Math.sqrt(line.getSumSquaredErrors() / freedom / line.getXSumSquares());
    double half = new TDistribution(freedom).inverseCumulativeProbability(1 - ALPHA / 2) * error;
    return new Slope(line.getSlope(), line.getSlope() - half, line.getSlope() + half);
  }

  /** The autocorrelation of a line's residuals, one step apart. */
  private static double neighbours(double[] samples, SimpleRegression line) {
    double products = 0;
    for (int i = 1; i < samples.length; i++) {
      products += (samples[i] - line.predict(i)) * (samples[i - 1] - line.predict(i - 1));
    }
    double squares = line.getSumSquaredErrors();
    return squares == 0 ? 0 : products / squares;
  }
}
