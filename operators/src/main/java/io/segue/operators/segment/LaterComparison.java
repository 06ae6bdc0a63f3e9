package io.segue.operators.segment;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares versions with float32 that serve already, as {@link CheckedLoader} leaves it for later.
 * What waited while a version loaded gets through first: the comparison takes as much of the
 * processor as the load, and right behind it the frames of both would wait for each other.
 * Thread-safe.
 */
final class LaterComparison {
  private static final Logger LOG = LoggerFactory.getLogger(LaterComparison.class);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(750);

  /** Hears in what numbers a version goes on, and why. */
  @FunctionalInterface
  interface Listener {
    void compared(LoadedVersion version, String numbers);
  }

  private final CheckedLoader loader;
  private final EngineThreads threads;
  private final Listener listener;

  /** What gives each comparison up that has not begun. */
  private final Map<LoadedVersion, Runnable> waiting = new HashMap<>();

  LaterComparison(CheckedLoader loader, EngineThreads threads, Listener listener) {
    this.loader = loader;
    this.threads = threads;
    this.listener = listener;
  }

  /** Takes over a version with a lease of it. */
  void add(LoadedVersion version, CheckedLoader.Checked checked) {
    synchronized (waiting) {
      Runnable cancel =
          threads
              .timer()
              .after(
                  PAUSE_NANOS, () -> threads.comparing().execute(() -> compare(version, checked)));
      waiting.put(
          version,
          () -> {
            cancel.run();
            WarmUp.close(checked.unsettled());
            version.release();
          });
    }
  }

  /** Leaves a version uncompared that is not to serve any more; one being compared is finished. */
  void giveUp(LoadedVersion version) {
    Runnable giveUp;
    synchronized (waiting) {
      giveUp = waiting.remove(version);
    }
    if (giveUp != null) {
      giveUp.run();
    }
  }

  private void compare(LoadedVersion version, CheckedLoader.Checked checked) {
    synchronized (waiting) {
      if (waiting.remove(version) == null) {
        return;
      }
    }
    String numbers = settle(version, checked);
    threads
        .loading()
        .execute(
            () -> {
              listener.compared(version, numbers);
              version.release();
            });
  }

  private String settle(LoadedVersion version, CheckedLoader.Checked checked) {
    try {
      return loader.settle(checked);
    } catch (Exception | Error e) {
      LOG.warn(
          "model '{}' version {} cannot be compared with float32",
          checked.serving().spec().name(),
          version.version(),
          e);
      return "%s, not compared with float32: %s".formatted(checked.numbers(), e);
    }
  }
}
