package io.segue.operators.segment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** The real threads of a host: all daemons, so that a hung native call keeps no process alive. */
final class HostThreads implements AutoCloseable {
  private static final long CLOSE_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long CLOSE_POLL_MILLIS = 5;

  private final List<ExecutorService> executors = new ArrayList<>();
  private final ExecutorService pool;
  private final Executor loading;
  private final Executor quietLoading;
  private final Executor comparing;
  private final ScheduledThreadPoolExecutor timer;

  /**
   * @param loadDeadline after which a load is given up with its thread
   */
  HostThreads(int poolThreads, Duration loadDeadline) {
    pool = own(executor(poolThreads, named("segue-codec")));
    loading = replaceable(named("segue-load"), loadDeadline);
    quietLoading = replaceable(ThreadPriority.low(named("segue-load-quietly")), loadDeadline);
    comparing = replaceable(ThreadPriority.idle(named("segue-compare")), loadDeadline);
    timer = new ScheduledThreadPoolExecutor(1, named("segue-timer"));
    timer.setRemoveOnCancelPolicy(true);
  }

  /** The threads for one engine: its own for inference, the others shared. */
  synchronized EngineThreads forEngine(String model) {
    ExecutorService inference =
        own(executor(RunningBatches.MAX_INFERRING, named("segue-infer-" + model)));
    return new EngineThreads(
        pool, inference, loading, quietLoading, comparing, this::after, EngineThreads.Clock.SYSTEM);
  }

  private synchronized Runnable after(long nanos, Runnable action) {
    if (timer.isShutdown()) {
      return () -> {};
    }
    ScheduledFuture<?> scheduled = timer.schedule(action, nanos, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  /**
   * Threads for work that may come after the close, such as freeing a version when its last frame
   * is done: it then runs on the thread that asked for it, or its native memory would be lost.
   */
  private static ThreadPoolExecutor executor(int threads, ThreadFactory factory) {
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        factory,
        (task, closed) -> task.run());
  }

  private Executor replaceable(ThreadFactory factory, Duration loadDeadline) {
    ThreadPoolExecutor executor = executor(1, factory);
    own(executor);
    return new ReplaceableThread(executor, this::after, loadDeadline);
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
    timer.shutdownNow();
    executors.forEach(ExecutorService::shutdown);
  }
}
