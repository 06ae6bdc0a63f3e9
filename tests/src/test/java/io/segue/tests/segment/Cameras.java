package io.segue.tests.segment;

import io.segue.schemas.avro.FrameId;
import io.segue.tests.stream.FrameFeeder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * Cameras that send for as long as a test wants to see something happen to frames in flight, on a
 * machine of any speed.
 */
final class Cameras implements AutoCloseable {
  private static final int BURST = 120;
  private static final int MOST_WAITING = 2 * BURST;

  private static final Duration WRITTEN_TIMEOUT = Duration.ofSeconds(2);

  private final SegmentLine line;
  private final FrameFeeder feeder;
  private final int streams;
  private final byte[][] pictures = new byte[8][];
  private long sequence;
  private int rolledBack;

  /** Cameras of a line, each with noise of one size. */
  Cameras(SegmentLine line, int streams, int width, int height) {
    this.line = line;
    this.feeder = line.feeder();
    this.streams = streams;
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = SegmentLine.jpeg(width, height, i);
    }
  }

  /** Sends {@value #BURST} frames, as many by each camera. */
  private void burst() {
    for (int i = 0; i < BURST / streams; i++, sequence++) {
      for (int stream = 0; stream < streams; stream++) {
        feeder.send("camera-" + stream, 1, sequence, pictures[(int) (sequence % pictures.length)]);
      }
    }
    feeder.flush();
  }

  /**
   * Sends until a condition holds, so that some hundred frames wait for a mask all the while.
   *
   * @param what the condition, for the failure
   */
  void sendUntil(String what, Callable<Boolean> condition) {
    await(what)
        .until(
            () -> {
              while (waiting() < MOST_WAITING) {
                burst();
              }
              return condition.call();
            });
  }

  /**
   * Waits two seconds at most for masks that are written and not committed, for a kill to roll
   * back; there may be none to come where what is to be killed holds up the frames.
   */
  void awaitWrittenMasks() throws InterruptedException {
    long end = System.nanoTime() + WRITTEN_TIMEOUT.toNanos();
    while (line.countUncommitted() <= rolledBack && System.nanoTime() < end) {
      Thread.sleep(20);
    }
  }

  /** Sends a last burst and waits until every frame has its committed outcome. */
  void finish() {
    burst();
    await("every outcome committed")
        .until(() -> line.countOutcomes(IsolationLevel.READ_COMMITTED) >= sent().size());
    rolledBack = line.countUncommitted();
  }

  /** Frames that were sent, in their order. */
  List<FrameId> sent() {
    return feeder.sent();
  }

  @Override
  public void close() {
    feeder.close();
  }

  private int waiting() {
    return sent().size() - (line.countOutcomes(IsolationLevel.READ_UNCOMMITTED) - rolledBack);
  }

  private static ConditionFactory await(String what) {
    return Awaitility.await(what)
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions();
  }
}
