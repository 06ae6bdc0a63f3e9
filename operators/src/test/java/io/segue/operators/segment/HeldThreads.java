package io.segue.operators.segment;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** Threads that run only when a test says so, on the test's own thread, and a clock it sets. */
final class HeldThreads implements EngineThreads.Clock {
  private record Alarm(long due, Runnable action) {}

  final Queue<Runnable> pool = new ArrayDeque<>();
  final Queue<Runnable> inference = new ArrayDeque<>();
  final Queue<Runnable> loading = new ArrayDeque<>();
  final Queue<Runnable> quietLoading = new ArrayDeque<>();
  final Queue<Runnable> comparing = new ArrayDeque<>();
  private final List<Alarm> alarms = new ArrayList<>();
  private long now;

  EngineThreads threads() {
    return new EngineThreads(
        pool::add,
        inference::add,
        loading::add,
        quietLoading::add,
        comparing::add,
        this::after,
        this);
  }

  private Runnable after(long nanos, Runnable action) {
    Alarm alarm = new Alarm(now + nanos, action);
    alarms.add(alarm);
    return () -> alarms.remove(alarm);
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long millis() {
    return TimeUnit.NANOSECONDS.toMillis(now);
  }

  /** Lets time pass; what is due runs. */
  void advance(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
    alarms.stream()
        .filter(alarm -> alarm.due() <= now)
        .sorted(Comparator.comparingLong(Alarm::due))
        .toList()
        .forEach(
            alarm -> {
              if (alarms.remove(alarm)) {
                alarm.action().run();
              }
            });
  }

  static void runAll(Queue<Runnable> queue) {
    for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
      task.run();
    }
  }

  /** Runs everything that can run without time passing. */
  void settle() {
    while (!pool.isEmpty()
        || !inference.isEmpty()
        || !loading.isEmpty()
        || !quietLoading.isEmpty()
        || !comparing.isEmpty()) {
      runAll(loading);
      runAll(quietLoading);
      runAll(comparing);
      runAll(pool);
      runAll(inference);
    }
  }
}
