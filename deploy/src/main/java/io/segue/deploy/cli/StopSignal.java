package io.segue.deploy.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end in good order when the process is told to (Ctrl-C): the process waits until
 * this object is closed, for a while.
 */
final class StopSignal implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean requested;

  StopSignal(Duration timeout) {
    this(timeout, () -> {});
  }

  /**
   * @param stop what ends the command; called when the process is told to end
   */
  StopSignal(Duration timeout, Runnable stop) {
    hook = new Thread(() -> stop(timeout, stop), "stop-signal");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop(Duration timeout, Runnable stop) {
    requested = true;
    stop.run();
    try {
      if (!closed.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("segue: gave up waiting for the command to end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the process is to end. */
  boolean requested() {
    return requested;
  }

  @Override
  public void close() {
    closed.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process began to end just now; the hook finds the latch open.
      }
    }
  }
}
