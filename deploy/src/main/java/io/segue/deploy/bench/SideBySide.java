package io.segue.deploy.bench;

import java.util.List;

/** Throughput of callers that do the same beside each other, run after run. */
final class SideBySide {
  /** One run by {@link System#nanoTime()}. */
  record Run(long began, long ended) {
    long nanos() {
      return ended - began;
    }
  }

  private SideBySide() {}

  /**
   * Runs a second of all callers together: the sum of what each reaches by its own clock, without
   * the runs that end when another caller has ended its last one and left it the machine.
   *
   * @param callers the runs of each, in order
   * @return NaN if a caller has not ended a run before that
   */
  static double runsPerSecond(List<List<Run>> callers) {
    long firstDone =
        callers.stream().mapToLong(runs -> runs.get(runs.size() - 1).ended()).min().orElseThrow();
    return callers.stream().mapToDouble(runs -> runsPerSecond(runs, firstDone)).sum();
  }

  private static double runsPerSecond(List<Run> runs, long until) {
    return 1e9
        / runs.stream()
            .filter(run -> run.ended() <= until)
            .mapToLong(Run::nanos)
            .average()
            .orElse(Double.NaN);
  }
}
