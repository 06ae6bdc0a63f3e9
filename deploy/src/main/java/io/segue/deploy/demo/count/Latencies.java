package io.segue.deploy.demo.count;

import java.util.OptionalLong;

/** A histogram of latencies in whole milliseconds, up to a minute. Not thread-safe. */
final class Latencies {
  private final long[] counts = new long[60_001];
  private long total;

  /** Adds one; what lies outside 0 to 60,000 ms counts as the nearest of them. */
  void add(long millis) {
    counts[(int) Math.min(counts.length - 1, Math.max(0, millis))]++;
    total++;
  }

  /**
   * Returns the smallest latency that at least this share of all do not exceed.
   *
   * @param share above 0, up to 1
   */
  OptionalLong quantile(double share) {
    long wanted = (long) Math.ceil(share * total);
    long seen = 0;
    for (int millis = 0; millis < counts.length && total > 0; millis++) {
      seen += counts[millis];
      if (seen >= wanted) {
        return OptionalLong.of(millis);
      }
    }
    return OptionalLong.empty();
  }
}
