package io.segue.deploy.bench;

import java.util.Arrays;

/** Statistics of samples. */
final class Figures {
  /** A straight line's slope and its 95 % confidence interval. */
  record Slope(double value, double low, double high) {}

  private Figures() {}

  /**
   * The smallest sample that at least this share of all do not exceed; NaN of none.
   *
   * @param share above 0, up to 1
   */
  static double quantile(double[] samples, double share) {
    if (samples.length == 0) {
      return Double.NaN;
    }
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }

  static double median(double[] samples) {
    if (samples.length == 0) {
      return Double.NaN;
    }
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * Least squares over samples one step apart, with the interval of Student's t; the interval of
   * fewer than three samples is unbounded.
   */
  static Slope slope(double[] samples) {
    int n = samples.length;
    double meanX = (n - 1) / 2.0;
    double meanY = Arrays.stream(samples).average().orElse(0);
    double sxx = 0;
    double sxy = 0;
    for (int i = 0; i < n; i++) {
      sxx += (i - meanX) * (i - meanX);
      sxy += (i - meanX) * (samples[i] - meanY);
    }
    double slope = n < 2 ? 0 : sxy / sxx;
    if (n < 3) {
      return new Slope(slope, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    double residual = 0;
    for (int i = 0; i < n; i++) {
      double off = samples[i] - meanY - slope * (i - meanX);
      residual += off * off;
    }
    double half = student975(n - 2) * Math.sqrt(residual / (n - 2) / sxx);
    return new Slope(slope, slope - half, slope + half);
  }

  /** The 97.5 % point of Student's t, by Hill's expansion in 1/degrees; exact for 1 and 2. */
  private static double student975(int degrees) {
    if (degrees == 1) {
      return 12.7062;
    }
    if (degrees == 2) {
      return 4.3027;
    }
    double z = 1.959964;
    double z3 = z * z * z;
    double z5 = z3 * z * z;
    double z7 = z5 * z * z;
    double d = degrees;
    return z
        + (z3 + z) / (4 * d)
        + (5 * z5 + 16 * z3 + 3 * z) / (96 * d * d)
        + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * d * d * d);
  }
}
