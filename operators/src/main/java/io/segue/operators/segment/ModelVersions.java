package io.segue.operators.segment;

import io.segue.model.serve.ServingModel;
import io.segue.schemas.avro.InstanceStatus;
import io.segue.schemas.avro.ModelState;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one model in one process: loads what the announced state names, the live version
 * first, one at a time and on a thread of its own, which steps back for the version that serves;
 * keeps at most a fixed number in memory; frees what is no longer named once the live version is
 * ready and no frame in flight uses the old one.
 *
 * <p>Versions stand side by side also where only weights differ. Weights that are assigned in place
 * have to be variables, whose filters oneDNN reorders anew for each batch: with them a MobileNet
 * and a ResNet serve 0.96 to 1.03 of the frames in batches of 4, and 0.93 to 0.97 one by one
 * ({@code variablesToBare} and {@code variablesToBareSingle} of {@code bench infer}, fused float32;
 * in fused bfloat16 a MobileNet 1.01 in batches, within a wide spread). What that would save is the
 * memory of a graph and part of the work of a load; assigning takes 1 to 15 ms. But a version could
 * be probed only while nothing serves, nor would the one before be ready for a rollback.
 *
 * <p>A version that cannot be loaded in time, has another taxonomy or fails its warm-up is refused
 * with a reason, and stays refused until a newer state names it again. Thread-safe.
 */
final class ModelVersions {
  /** Hears what becomes of versions in this process. */
  @FunctionalInterface
  interface Listener {
    void changed(String model, long version, InstanceStatus status, String reason);
  }

  private final String model;
  private final ServingOptions options;
  private final EngineThreads threads;
  private final Listener listener;
  private final VersionLoads loads;
  private final LaterComparison comparison;

  private final Object lock = new Object();
  private final VersionSlots slots = new VersionSlots();
  private @Nullable Long shadow;
  private boolean shadowing;
  private long revision = Long.MIN_VALUE;
  private boolean loading;
  private boolean closed;

  ModelVersions(
      String model,
      CheckedLoader loader,
      ServingOptions options,
      EngineThreads threads,
      Listener listener) {
    this.model = model;
    this.options = options;
    this.threads = threads;
    this.listener = listener;
    this.loads =
        new VersionLoads(model, loader, options.loadDeadline(), threads, new LoadListener());
    this.comparison = new LaterComparison(loader, threads, this::compared);
  }

  /** Takes over an announced state, unless it is not newer than the one known. */
  void announce(ModelState state) {
    Map<Long, List<CompletableFuture<LoadedVersion>>> displaced = new HashMap<>();
    synchronized (lock) {
      if (closed || state.getRevision() <= revision) {
        return;
      }
      revision = state.getRevision();
      shadowing &= Objects.equals(shadow, state.getShadow());
      shadow = state.getShadow();
      NamedVersions before = slots.named();
      slots.announce(NamedVersions.of(state, options.maxVersions()));
      if (state.getLive() != before.live()) {
        slots.find(state.getLive()).ifPresent(VersionSlot::becomeLive);
      }
      for (long version : slots.named().surplus()) {
        if (!before.surplus().contains(version)) {
          listener.changed(model, version, InstanceStatus.FAILED, noRoom());
        }
        slots.find(version).ifPresent(slot -> displaced.put(version, displace(slot)));
      }
      advance();
    }
    displaced.forEach(this::leaseFor);
  }

  private String noRoom() {
    return ("the state names more versions than segment.serving.max_versions %d, those kept are"
            + " %s; end a pin, canary, shadow or timed activation, or raise it")
        .formatted(options.maxVersions(), slots.named().kept());
  }

  /** Frees a version that has lost its place, however far it is; who waited for it is returned. */
  private List<CompletableFuture<LoadedVersion>> displace(VersionSlot slot) {
    if (slot.isReady()) {
      retire(slot);
    }
    return slot.takeWaiters();
  }

  private void refuse(VersionSlot slot, String reason) {
    slot.refuse(reason);
    listener.changed(model, slot.version(), InstanceStatus.FAILED, reason);
  }

  /** Whether this process can serve with a version. */
  Readiness readiness(long version) {
    synchronized (lock) {
      return slots.readiness(version);
    }
  }

  /**
   * A version to serve with, leased: the one asked for, as soon as it is loaded, or another one
   * that the state names to serve if it has been refused. Fails where all have been refused.
   */
  CompletableFuture<LoadedVersion> lease(long version) {
    synchronized (lock) {
      if (slots.isSurplus(version)) {
        return leaseInstead(version, noRoom());
      }
      VersionSlot slot = slots.of(version);
      Optional<LoadedVersion> leased = slot.lease();
      if (leased.isPresent()) {
        return CompletableFuture.completedFuture(leased.get());
      }
      if (slot.hasFailed()) {
        return leaseInstead(version, slot.reason());
      }
      CompletableFuture<LoadedVersion> waiter = slot.await();
      advance();
      return waiter;
    }
  }

  private CompletableFuture<LoadedVersion> leaseInstead(long version, String reason) {
    Comparator<Long> readyFirst =
        Comparator.comparing(other -> slots.readiness(other) != Readiness.READY);
    return slots.named().serving().stream()
        .filter(other -> other != version && slots.readiness(other) != Readiness.FAILED)
        .min(readyFirst)
        .map(this::lease)
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new ModelUnavailableException(
                        ("model '%s' version %d cannot be served: %s; no other announced version"
                                + " can; restore it in the registry or announce another")
                            .formatted(model, version, reason))));
  }

  /** The version that is to infer frames beside the live one, leased, if it is ready. */
  Optional<LoadedVersion> leaseShadow() {
    synchronized (lock) {
      Optional<LoadedVersion> leased =
          Optional.ofNullable(shadow).flatMap(slots::find).flatMap(VersionSlot::lease);
      if (leased.isPresent() && !shadowing) {
        shadowing = true;
        listener.changed(
            model,
            leased.get().version(),
            InstanceStatus.SHADOWING,
            "named as the shadow and ready");
      }
      return leased;
    }
  }

  /**
   * Notes that the shadow cannot infer; it is left alone until a newer state names it. One that is
   * no shadow any more is of no concern.
   */
  void shadowFailed(LoadedVersion failed, String reason) {
    synchronized (lock) {
      if (!Long.valueOf(failed.version()).equals(shadow)) {
        return;
      }
      shadow = null;
      listener.changed(model, failed.version(), InstanceStatus.FAILED, reason);
    }
  }

  /**
   * Notes that a version serves a batch, and tells so of the first since it was loaded or became
   * the live one: not of each in which versions take turns, as with a canary.
   */
  void serving(LoadedVersion version) {
    synchronized (lock) {
      slots.find(version.version()).ifPresent(this::serving);
    }
  }

  private void serving(VersionSlot slot) {
    if (slot.takeServingNews()) {
      String reason = slot.lastServed() == 0 ? "first batch" : "first batch as the live version";
      listener.changed(model, slot.version(), InstanceStatus.SERVING, reason);
    }
    slots.served(slot);
  }

  /** Versions that hold memory. */
  int inMemory() {
    synchronized (lock) {
      return slots.inMemory();
    }
  }

  /** Retires all versions; each is closed once no frame uses it. */
  void close() {
    synchronized (lock) {
      closed = true;
      slots.ready().toList().forEach(this::retire);
    }
  }

  /** Retires what is not needed any more and starts the most urgent load there is room for. */
  private void advance() {
    slots.superfluous().forEach(this::retire);
    if (!loading && !closed) {
      slots.nextToLoad().ifPresent(this::loadOrMakeRoom);
    }
  }

  private void loadOrMakeRoom(VersionSlot slot) {
    if (slots.inMemory() < options.maxVersions()) {
      load(slot);
    } else {
      slots.leastUrgent(slot).ifPresent(this::retire);
    }
  }

  private void retire(VersionSlot slot) {
    slot.beginClosing()
        .ifPresent(
            loaded -> {
              comparison.giveUp(loaded);
              loaded.retire();
            });
  }

  private void load(VersionSlot slot) {
    loading = true;
    slot.beginLoading();
    listener.changed(
        model, slot.version(), InstanceStatus.LOADING, "announced or in use by a stream");
    boolean quietly = slots.ready().findAny().isPresent() && !slot.isAwaited();
    loads.begin(slot, quietly);
  }

  /** Tells what came of the comparison of a version that serves already. */
  private void compared(LoadedVersion loaded, String numbers) {
    synchronized (lock) {
      boolean served = slots.find(loaded.version()).filter(it -> it.lastServed() > 0).isPresent();
      listener.changed(
          model,
          loaded.version(),
          served ? InstanceStatus.SERVING : InstanceStatus.WARMED,
          numbers);
    }
  }

  /** Passes on to others who waited for a version what {@link #lease} gives now. */
  private void leaseFor(long version, List<CompletableFuture<LoadedVersion>> waiters) {
    for (CompletableFuture<LoadedVersion> waiter : waiters) {
      var unused =
          lease(version)
              .whenComplete(
                  (other, error) -> {
                    if (error != null) {
                      waiter.completeExceptionally(error);
                    } else {
                      waiter.complete(other);
                    }
                  });
    }
  }

  private void closeNow(long version, ServingModel serving) {
    String reason =
        loads
            .free(version, serving)
            .map(e -> "not needed any more, but not freed: " + e)
            .orElse("not needed any more");
    synchronized (lock) {
      listener.changed(model, version, InstanceStatus.RELEASED, reason);
      slots.released(version);
      advance();
    }
  }

  /** What becomes of a version whose load has ended. */
  private final class LoadListener implements VersionLoads.Listener {
    /** Opens a version to frames. */
    @Override
    public void loaded(VersionSlot slot, CheckedLoader.Checked checked) {
      long version = slot.version();
      ServingModel serving = checked.serving();
      LoadedVersion loaded =
          new LoadedVersion(
              version, serving, () -> threads.loading().execute(() -> closeNow(version, serving)));
      List<CompletableFuture<LoadedVersion>> waiters;
      synchronized (lock) {
        loading = false;
        slot.open(loaded);
        waiters = slot.takeWaiters();
        waiters.forEach(waiter -> loaded.tryLease());
        if (!checked.unsettled().isEmpty()) {
          loaded.tryLease();
          comparison.add(loaded, checked);
        }
        if (closed || slots.isSurplus(version)) {
          retire(slot);
        } else {
          listener.changed(
              model,
              version,
              InstanceStatus.WARMED,
              "loaded, verified and warmed; " + checked.numbers());
        }
        advance();
      }
      waiters.forEach(waiter -> waiter.complete(loaded));
    }

    @Override
    public void failed(VersionSlot slot, Throwable cause) {
      String reason = String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
      List<CompletableFuture<LoadedVersion>> waiters;
      synchronized (lock) {
        loading = false;
        refuse(slot, reason);
        waiters = slot.takeWaiters();
        advance();
      }
      leaseFor(slot.version(), waiters);
    }

    /**
     * Refuses a version that was not loaded in time. Frames that wait go to a version that is
     * ready; where there is none their tasks fail, for what stopped this load would stop the next.
     */
    @Override
    public void overdue(VersionSlot slot) {
      String reason =
          "it was not loaded and warmed within %s; see what its files or its device wait for, or raise segment.serving.load_deadline"
              .formatted(options.loadDeadline());
      List<CompletableFuture<LoadedVersion>> waiters;
      boolean another;
      synchronized (lock) {
        loading = false;
        refuse(slot, reason);
        waiters = slot.takeWaiters();
        another = slots.canServe();
        advance();
      }
      if (another) {
        leaseFor(slot.version(), waiters);
      } else {
        ModelUnavailableException unavailable =
            new ModelUnavailableException(
                "model '%s' version %d cannot be served: %s"
                    .formatted(model, slot.version(), reason));
        waiters.forEach(waiter -> waiter.completeExceptionally(unavailable));
      }
    }
  }
}
