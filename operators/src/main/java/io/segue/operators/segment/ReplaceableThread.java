package io.segue.operators.segment;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * A thread for work that may get stuck in a file system or in native code, where nothing can
 * interrupt it: what has not ended within a limit keeps its thread, and what comes after it gets a
 * fresh one. Should it end after all, its thread goes.
 */
final class ReplaceableThread implements Executor {
  private final ThreadPoolExecutor executor;
  private final EngineThreads.Timer timer;
  private final Duration limit;

  /**
   * @param executor with a single thread
   * @param limit from the start of each piece of work
   */
  ReplaceableThread(ThreadPoolExecutor executor, EngineThreads.Timer timer, Duration limit) {
    this.executor = executor;
    this.timer = timer;
    this.limit = limit;
  }

  @Override
  public void execute(Runnable work) {
    executor.execute(new Watched(work));
  }

  /** One piece of work, and the thread that stands in for the one it is stuck on. */
  private final class Watched implements Runnable {
    private final Runnable work;
    private boolean ended;
    private boolean replaced;

    Watched(Runnable work) {
      this.work = work;
    }

    @Override
    public void run() {
      Runnable cancelWatch = timer.after(limit.toNanos(), this::replace);
      try {
        work.run();
      } finally {
        cancelWatch.run();
        end();
      }
    }

    private void replace() {
      synchronized (executor) {
        if (!ended) {
          replaced = true;
          executor.setMaximumPoolSize(executor.getMaximumPoolSize() + 1);
          executor.setCorePoolSize(executor.getCorePoolSize() + 1);
        }
      }
    }

    private void end() {
      synchronized (executor) {
        ended = true;
        if (replaced) {
          executor.setCorePoolSize(executor.getCorePoolSize() - 1);
          executor.setMaximumPoolSize(executor.getMaximumPoolSize() - 1);
        }
      }
    }
  }
}
