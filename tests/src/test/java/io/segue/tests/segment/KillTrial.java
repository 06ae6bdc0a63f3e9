package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.IsolationLevel;

/**
 * Kills that count: frames were in flight, and masks that had been written were rolled back. A kill
 * that meets the job right behind a checkpoint is no proof and no failure; there is another then.
 */
final class KillTrial {
  private static final int ATTEMPTS = 4;

  /** Waits for its moment and kills. */
  @FunctionalInterface
  interface Kill {
    void run() throws Exception;
  }

  private KillTrial() {}

  /**
   * Kills until a kill counts. Every frame that was sent has its committed outcome before each kill
   * waits for its moment, and in the end.
   *
   * @param what is killed, for what is printed
   */
  static void killUntilMasksAreRolledBack(String what, SegmentLine line, Cameras cameras, Kill kill)
      throws Exception {
    int rolledBack = 0;
    for (int attempt = 0; rolledBack == 0 && attempt < ATTEMPTS; attempt++) {
      int before = line.countUncommitted();
      kill.run();
      int inFlight = cameras.sent().size() - line.countOutcomes(IsolationLevel.READ_COMMITTED);
      cameras.finish();
      rolledBack = inFlight == 0 ? 0 : line.countUncommitted() - before;
      System.out.println(
          "killed %s: %d frames without a committed outcome, %d masks rolled back"
              .formatted(what, inFlight, rolledBack));
    }
    assertThat(rolledBack).as("masks rolled back: %s", what).isPositive();
  }
}
