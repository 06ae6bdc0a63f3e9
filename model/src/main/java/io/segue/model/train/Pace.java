package io.segue.model.train;

import java.time.Duration;

/** The clock that training measures its work with, and how it rests. */
public interface Pace {

  /** The machine's own. */
  Pace SYSTEM =
      new Pace() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
          Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
        }
      };

  /** A monotonic time in nanoseconds. */
  long nanoTime();

  /** Rests. */
  void sleep(Duration duration) throws InterruptedException;
}
