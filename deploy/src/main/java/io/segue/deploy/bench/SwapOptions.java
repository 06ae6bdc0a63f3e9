package io.segue.deploy.bench;

import io.segue.deploy.bench.bare.BenchNetwork;
import java.time.Duration;

/**
 * What is measured.
 *
 * @param swaps 2 or more
 * @param interval between two announcements, more than the two seconds around a swap
 * @param load share of the measured capacity at which frames come, above 0, below 1
 * @param warmUpFrames that pass through the job before anything is measured, 1 or more
 * @param maxRunIn swaps that do not count, at most; fewer if the JVM's compilers rest before, 1 or
 *     more
 * @param network that is served, on frames of its size
 */
public record SwapOptions(
    int swaps,
    Duration interval,
    double load,
    int warmUpFrames,
    int maxRunIn,
    BenchNetwork network) {
  public SwapOptions {
    if (warmUpFrames < 1) {
      throw new IllegalArgumentException(
          "--warm-up %d frames; at least 1 is needed".formatted(warmUpFrames));
    }
    if (maxRunIn < 1) {
      throw new IllegalArgumentException(
          "--run-in %d swaps; at least 1 is needed".formatted(maxRunIn));
    }
    if (swaps < 2) {
      throw new IllegalArgumentException("--swaps %d; at least 2 are needed".formatted(swaps));
    }
    if (interval.compareTo(SwapBench.WINDOW) <= 0) {
      throw new IllegalArgumentException(
          "an interval of %d ms leaves no steady time beside the %d ms around a swap; raise it"
              .formatted(interval.toMillis(), SwapBench.WINDOW.toMillis()));
    }
    if (!(load > 0 && load < 1)) {
      throw new IllegalArgumentException(
          "--load %s; it must be a share of capacity between 0 and 1".formatted(load));
    }
  }
}
