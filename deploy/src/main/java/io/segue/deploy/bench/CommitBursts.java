package io.segue.deploy.bench;

import java.time.Duration;
import java.util.List;

/** Throughput of outcomes that become visible in bursts, one a checkpoint. */
final class CommitBursts {
  private CommitBursts() {}

  /**
   * Outcomes a second, from the end of the first burst to the end of the last but one: the first
   * holds the start of the job, the last may have waited for its checkpoint with nothing to do.
   *
   * @param gap silence that parts two bursts
   * @return NaN for fewer than three bursts
   */
  static double rate(List<MaskWatch.Seen> seen, Duration gap) {
    int first = -1;
    int last = -1;
    for (int i = 0; i + 1 < seen.size(); i++) {
      if (seen.get(i + 1).seenMillis() - seen.get(i).seenMillis() >= gap.toMillis()) {
        first = first < 0 ? i : first;
        last = i;
      }
    }
    return last == first
        ? Double.NaN
        : 1000.0 * (last - first) / (seen.get(last).seenMillis() - seen.get(first).seenMillis());
  }
}
