package io.segue.operators.segment;

import io.segue.model.serve.ServingModel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings versions of one model into memory, each within a deadline, and out of it. A load that
 * overruns is given up: nothing can interrupt it, so its thread is left to it, and should it end
 * after all, what it has loaded is freed.
 */
final class VersionLoads {
  /** Hears how each load ended, once: from the deadline's timer or a thread of full priority. */
  interface Listener {
    void loaded(VersionSlot slot, CheckedLoader.Checked checked);

    void failed(VersionSlot slot, Throwable cause);

    void overdue(VersionSlot slot);
  }

  private static final Logger LOG = LoggerFactory.getLogger(VersionLoads.class);

  private final String model;
  private final CheckedLoader loader;
  private final Duration deadline;
  private final EngineThreads threads;
  private final Listener listener;

  /**
   * @param deadline from the start of a load on its thread
   */
  VersionLoads(
      String model,
      CheckedLoader loader,
      Duration deadline,
      EngineThreads threads,
      Listener listener) {
    this.model = model;
    this.loader = loader;
    this.deadline = deadline;
    this.threads = threads;
    this.listener = listener;
  }

  /**
   * Begins a load. Frames that come to wait for one that has begun quietly cannot hasten it: no
   * thread comes back from a low priority. But they leave it the processor while they wait.
   *
   * @param quietly at low priority, beside a version that serves
   */
  void begin(VersionSlot slot, boolean quietly) {
    Executor where = quietly ? threads.quietLoading() : threads.loading();
    where.execute(() -> load(slot));
  }

  /** Loads; what follows holds the lock that frames wait for, and must not be preempted. */
  private void load(VersionSlot slot) {
    AtomicBoolean ended = new AtomicBoolean();
    Runnable cancelWatch =
        threads
            .timer()
            .after(
                deadline.toNanos(),
                () -> {
                  if (ended.compareAndSet(false, true)) {
                    listener.overdue(slot);
                  }
                });
    Runnable tell;
    try {
      CheckedLoader.Checked checked = loader.load(slot.version());
      tell =
          ended.compareAndSet(false, true)
              ? () -> listener.loaded(slot, checked)
              : () -> discard(slot, checked);
    } catch (Exception | Error e) {
      tell =
          ended.compareAndSet(false, true)
              ? () -> listener.failed(slot, e)
              : () -> LOG.warn("model '{}' version {}: given up before", model, slot.version(), e);
    } finally {
      cancelWatch.run();
    }
    threads.loading().execute(tell);
  }

  private void discard(VersionSlot slot, CheckedLoader.Checked checked) {
    WarmUp.close(checked.unsettled());
    var unusedError = free(slot.version(), checked.serving());
  }

  /** Gives a version's memory back; what went wrong with that, if it did, has been logged. */
  Optional<Throwable> free(long version, ServingModel serving) {
    try {
      serving.close();
      NativeHeap.trim();
      return Optional.empty();
    } catch (RuntimeException | Error e) {
      LOG.error("model '{}' version {} is not freed; its memory is lost", model, version, e);
      return Optional.of(e);
    }
  }
}
