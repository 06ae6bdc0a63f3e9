package io.segue.operators.segment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** The real threads of a host: all daemons, so that a hung native call keeps no process alive. */
final class HostThreads implements AutoCloseable {
  private static final long CLOSE_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long CLOSE_POLL_MILLIS = 5;

  private final List<ExecutorService> executors = new ArrayList<>();
  private final ExecutorService pool;
  private final ExecutorService loading;
  private final ScheduledThreadPoolExecutor timer;

  HostThreads(int poolThreads) {
    pool = own(Executors.newFixedThreadPool(poolThreads, named("segue-codec")));
    loading = own(Executors.newSingleThreadExecutor(named("segue-load")));
    timer = new ScheduledThreadPoolExecutor(1, named("segue-timer"));
    timer.setRemoveOnCancelPolicy(true);
    executors.add(timer);
  }

  /** The threads for one engine: its own for inference, the others shared. */
  synchronized EngineThreads forEngine(String model) {
    ExecutorService inference =
        own(Executors.newSingleThreadExecutor(named("segue-infer-" + model)));
    return new EngineThreads(pool, inference, loading, this::after, EngineThreads.Clock.SYSTEM);
  }

  private Runnable after(long nanos, Runnable action) {
    ScheduledFuture<?> scheduled = timer.schedule(action, nanos, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  private ExecutorService own(ExecutorService executor) {
    executors.add(executor);
    return executor;
  }

  private static ThreadFactory named(String name) {
    AtomicInteger count = new AtomicInteger();
    return runnable -> {
      Thread thread = new Thread(runnable, name + "-" + count.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Waits until work that has begun is done, 10 seconds at most; whether it is. */
  boolean awaitIdle(BooleanSupplier idle) {
    long end = System.nanoTime() + CLOSE_WAIT_NANOS;
    boolean interrupted = false;
    while (!idle.getAsBoolean() && System.nanoTime() < end) {
      try {
        TimeUnit.MILLISECONDS.sleep(CLOSE_POLL_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return idle.getAsBoolean();
  }

  @Override
  public synchronized void close() {
    executors.forEach(ExecutorService::shutdownNow);
  }
}
