package io.segue.operators.segment;

import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How far behind its topics a subtask is: the greatest age of a frame that waits for its outcome,
 * over all its streams, or of one that has got it within the last ten to twenty seconds. Ages count
 * from when the topic received the frame, for a camera's clock may say anything. Grows while frames
 * wait, whether or not any comes out. Thread-safe.
 */
final class FrameLag {
  static final long WINDOW_MILLIS = 10_000;

  private final EngineThreads.Clock clock;

  /** How many frames in work were received at each time. */
  private final NavigableMap<Long, Integer> inWork = new TreeMap<>();

  private long windowBegan;
  private long greatest;
  private long greatestBefore;

  FrameLag(EngineThreads.Clock clock) {
    this.clock = clock;
    this.windowBegan = clock.millis();
  }

  /**
   * A frame comes to be segmented.
   *
   * @param received when its topic received it, milliseconds since 1970
   */
  synchronized void begins(long received) {
    inWork.merge(received, 1, Integer::sum);
  }

  /** The same frame has its outcome. */
  synchronized void ends(long received) {
    inWork.computeIfPresent(received, (time, frames) -> frames == 1 ? null : frames - 1);
    long now = clock.millis();
    moveWindow(now);
    greatest = Math.max(greatest, now - received);
  }

  /** In milliseconds, 0 or more. */
  synchronized long millis() {
    long now = clock.millis();
    moveWindow(now);
    long waiting = inWork.isEmpty() ? 0 : now - inWork.firstKey();
    return Math.max(0, Math.max(waiting, Math.max(greatest, greatestBefore)));
  }

  private void moveWindow(long now) {
    long age = now - windowBegan;
    if (age >= WINDOW_MILLIS) {
      greatestBefore = age < 2 * WINDOW_MILLIS ? greatest : 0;
      greatest = 0;
      windowBegan = now;
    }
  }
}
