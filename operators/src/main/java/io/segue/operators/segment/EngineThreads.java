package io.segue.operators.segment;

import java.util.concurrent.Executor;

/**
 * The threads and clocks that engines run on, so that a test can hold them still.
 *
 * @param pool decodes and encodes
 * @param inference runs as many batches at a time as the engine gives it
 * @param loading loads one version at a time, and frees them
 * @param quietLoading loads beside a version that serves, and leaves it most of the processor
 * @param comparing compares a version that serves with itself in float32, in idle time
 * @param timer for delays and deadlines
 * @param clock for ages and durations
 */
record EngineThreads(
    Executor pool,
    Executor inference,
    Executor loading,
    Executor quietLoading,
    Executor comparing,
    Timer timer,
    Clock clock) {
  /** Runs something later. */
  @FunctionalInterface
  interface Timer {
    /** Runs {@code action} after a delay, unless the returned handle is run before. */
    Runnable after(long nanos, Runnable action);
  }

  /** Time as a process sees it. */
  interface Clock {
    /** Nanoseconds from an arbitrary start, never backwards. */
    long nanos();

    /** Milliseconds since 1970. */
    long millis();

    Clock SYSTEM =
        new Clock() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public long millis() {
            return System.currentTimeMillis();
          }
        };
  }
}
