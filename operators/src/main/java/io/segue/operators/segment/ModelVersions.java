package io.segue.operators.segment;

import io.segue.model.serve.ServingModel;
import io.segue.schemas.avro.InstanceStatus;
import io.segue.schemas.avro.ModelState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one model in one process: loads what the announced state names, the live version
 * first, one at a time and on a thread of its own, which steps back for the version that serves;
 * keeps at most a fixed number in memory; frees what is no longer named once the live version is
 * ready and no frame in flight uses the old one.
 *
 * <p>A version that cannot be loaded, has another taxonomy or fails its warm-up is refused with a
 * reason, and stays refused until a newer state names it again. Thread-safe.
 */
final class ModelVersions {
  /** Hears what becomes of versions in this process. */
  @FunctionalInterface
  interface Listener {
    void changed(String model, long version, InstanceStatus status, String reason);
  }

  private enum Phase {
    QUEUED,
    LOADING,
    READY,
    FAILED,
    CLOSING
  }

  /** One version and how far it is. */
  private static final class Slot {
    private Phase phase = Phase.QUEUED;
    private @Nullable LoadedVersion loaded;
    private String reason = "";
    private long lastServed;
    private final List<CompletableFuture<LoadedVersion>> waiters = new ArrayList<>();

    boolean inMemory() {
      return phase == Phase.LOADING || phase == Phase.READY || phase == Phase.CLOSING;
    }
  }

  private final String model;
  private final CheckedLoader loader;
  private final int maxVersions;
  private final EngineThreads threads;
  private final Listener listener;
  private final LaterComparison comparison;

  private final Object lock = new Object();
  private final Map<Long, Slot> slots = new TreeMap<>();
  private List<Long> wanted = List.of();
  private long live;
  private @Nullable Long shadow;
  private boolean shadowing;
  private long revision = Long.MIN_VALUE;
  private long served;
  private boolean loading;
  private boolean closed;

  ModelVersions(
      String model,
      CheckedLoader loader,
      int maxVersions,
      EngineThreads threads,
      Listener listener) {
    this.model = model;
    this.loader = loader;
    this.maxVersions = maxVersions;
    this.threads = threads;
    this.listener = listener;
    this.comparison = new LaterComparison(loader, threads, this::compared);
  }

  /** Takes over an announced state, unless it is not newer than the one known. */
  void announce(ModelState state) {
    synchronized (lock) {
      if (closed || state.getRevision() <= revision) {
        return;
      }
      revision = state.getRevision();
      live = state.getLive();
      shadowing &= Objects.equals(shadow, state.getShadow());
      shadow = state.getShadow();
      List<Long> named = NamedVersions.of(state);
      wanted = named.subList(0, Math.min(maxVersions, named.size()));
      slots.values().removeIf(slot -> slot.phase == Phase.FAILED && slot.waiters.isEmpty());
      named.subList(wanted.size(), named.size()).forEach(this::refuseForRoom);
      advance();
    }
  }

  private void refuseForRoom(long version) {
    Slot slot = slots.computeIfAbsent(version, v -> new Slot());
    if (slot.phase == Phase.QUEUED) {
      refuse(
          version,
          slot,
          "the state names more than serving.maxVersions %d versions: %s; unpin one or raise it"
              .formatted(maxVersions, wanted));
    }
  }

  private void refuse(long version, Slot slot, String reason) {
    slot.phase = Phase.FAILED;
    slot.reason = reason;
    listener.changed(model, version, InstanceStatus.FAILED, reason);
  }

  /** Whether this process can serve with a version. */
  Readiness readiness(long version) {
    synchronized (lock) {
      Slot slot = slots.get(version);
      if (slot == null) {
        return Readiness.EXPECTED;
      }
      return switch (slot.phase) {
        case READY -> Readiness.READY;
        case FAILED -> Readiness.FAILED;
        case QUEUED, LOADING, CLOSING -> Readiness.EXPECTED;
      };
    }
  }

  /**
   * A version to serve with, leased: the one asked for, as soon as it is loaded, or another one
   * that the state names if it has been refused. Fails where all have been refused.
   */
  CompletableFuture<LoadedVersion> lease(long version) {
    synchronized (lock) {
      Slot slot = slots.computeIfAbsent(version, v -> new Slot());
      LoadedVersion loaded = slot.loaded;
      if (slot.phase == Phase.READY && loaded != null && loaded.tryLease()) {
        return CompletableFuture.completedFuture(loaded);
      }
      if (slot.phase == Phase.FAILED) {
        return leaseInstead(version, slot.reason);
      }
      CompletableFuture<LoadedVersion> waiter = new CompletableFuture<>();
      slot.waiters.add(waiter);
      advance();
      return waiter;
    }
  }

  private CompletableFuture<LoadedVersion> leaseInstead(long version, String reason) {
    Comparator<Long> readyFirst =
        Comparator.comparing(other -> readiness(other) != Readiness.READY);
    return wanted.stream()
        .filter(other -> other != version && readiness(other) != Readiness.FAILED)
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
      Slot slot = shadow == null ? null : slots.get(shadow);
      LoadedVersion loaded = slot == null || slot.phase != Phase.READY ? null : slot.loaded;
      if (loaded == null || !loaded.tryLease()) {
        return Optional.empty();
      }
      if (!shadowing) {
        shadowing = true;
        listener.changed(
            model, loaded.version(), InstanceStatus.SHADOWING, "named as the shadow and ready");
      }
      return Optional.of(loaded);
    }
  }

  /** Notes that the shadow cannot infer; it is left alone until a newer state names it. */
  void shadowFailed(LoadedVersion failed, String reason) {
    synchronized (lock) {
      shadow = null;
      listener.changed(model, failed.version(), InstanceStatus.FAILED, reason);
    }
  }

  /** Notes that a version serves a batch. */
  void serving(LoadedVersion version) {
    synchronized (lock) {
      Slot slot = slots.get(version.version());
      if (slot != null) {
        if (slot.lastServed == 0) {
          listener.changed(model, version.version(), InstanceStatus.SERVING, "first batch");
        }
        slot.lastServed = ++served;
      }
    }
  }

  /** Versions that hold memory. */
  int inMemory() {
    synchronized (lock) {
      return (int) slots.values().stream().filter(Slot::inMemory).count();
    }
  }

  /** Retires all versions; each is closed once no frame uses it. */
  void close() {
    synchronized (lock) {
      closed = true;
      wanted = List.of();
      slots.values().stream().filter(slot -> slot.phase == Phase.READY).forEach(this::retire);
    }
  }

  /** Retires what is not needed any more and starts the most urgent load there is room for. */
  private void advance() {
    List<Long> needed = needed();
    if (readiness(live) == Readiness.READY) {
      unneeded(needed).forEach(this::retire);
    }
    if (loading || closed) {
      return;
    }
    for (int urgency = 0; urgency < needed.size(); urgency++) {
      long version = needed.get(urgency);
      Slot slot = slots.computeIfAbsent(version, v -> new Slot());
      if (slot.phase == Phase.QUEUED) {
        if (inMemory() < maxVersions) {
          load(version, slot);
        } else {
          makeRoom(needed, urgency);
        }
        return;
      }
    }
  }

  /** The versions that frames wait for, then those that the state names. */
  private List<Long> needed() {
    Set<Long> needed = new LinkedHashSet<>();
    slots.forEach(
        (version, slot) -> {
          if (!slot.waiters.isEmpty()) {
            needed.add(version);
          }
        });
    needed.addAll(wanted);
    return new ArrayList<>(needed);
  }

  /** Ready versions that nobody needs, the one that served last at the end. */
  private List<Slot> unneeded(List<Long> needed) {
    return slots.entrySet().stream()
        .filter(entry -> !needed.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .filter(slot -> slot.phase == Phase.READY)
        .sorted(Comparator.comparingLong(slot -> slot.lastServed))
        .toList();
  }

  /**
   * Retires one version for one that is needed: one that nobody needs or else the least urgent,
   * unless room is on its way already.
   */
  private void makeRoom(List<Long> needed, int urgency) {
    if (slots.values().stream().anyMatch(slot -> slot.phase == Phase.CLOSING)) {
      return;
    }
    List<Slot> victims = new ArrayList<>(unneeded(needed));
    for (int i = needed.size() - 1; i > urgency; i--) {
      Slot slot = slots.get(needed.get(i));
      if (slot != null && slot.phase == Phase.READY) {
        victims.add(slot);
      }
    }
    victims.stream().filter(slot -> !isProtected(slot)).findFirst().ifPresent(this::retire);
  }

  /** What served last stays until the live version can take over. */
  private boolean isProtected(Slot slot) {
    return !closed
        && readiness(live) != Readiness.READY
        && slot.lastServed > 0
        && slot.lastServed == served;
  }

  private void retire(Slot slot) {
    slot.phase = Phase.CLOSING;
    if (slot.loaded != null) {
      comparison.giveUp(slot.loaded);
      slot.loaded.retire();
    }
  }

  private void load(long version, Slot slot) {
    loading = true;
    slot.phase = Phase.LOADING;
    listener.changed(model, version, InstanceStatus.LOADING, "announced or in use by a stream");
    boolean besideAnother = slots.values().stream().anyMatch(it -> it.phase == Phase.READY);
    Executor where = besideAnother ? threads.quietLoading() : threads.loading();
    where.execute(() -> loadNow(version, slot));
  }

  /** Loads quietly; what follows holds the lock that frames wait for, and must not be preempted. */
  private void loadNow(long version, Slot slot) {
    CheckedLoader.Checked checked;
    try {
      checked = loader.load(version);
    } catch (Exception | Error e) {
      threads.loading().execute(() -> failed(version, slot, e));
      return;
    }
    threads.loading().execute(() -> ready(version, slot, checked));
  }

  /** Tells what came of the comparison of a version that serves already. */
  private void compared(LoadedVersion loaded, String numbers) {
    synchronized (lock) {
      Slot slot = slots.get(loaded.version());
      boolean served = slot != null && slot.lastServed > 0;
      listener.changed(
          model,
          loaded.version(),
          served ? InstanceStatus.SERVING : InstanceStatus.WARMED,
          numbers);
    }
  }

  /** Opens a version to frames. */
  private void ready(long version, Slot slot, CheckedLoader.Checked checked) {
    ServingModel serving = checked.serving();
    LoadedVersion loaded =
        new LoadedVersion(
            version, serving, () -> threads.loading().execute(() -> closeNow(version, serving)));
    List<CompletableFuture<LoadedVersion>> waiters;
    synchronized (lock) {
      loading = false;
      slot.loaded = loaded;
      slot.phase = Phase.READY;
      waiters = takeWaiters(slot);
      waiters.forEach(waiter -> loaded.tryLease());
      if (!checked.unsettled().isEmpty()) {
        loaded.tryLease();
        comparison.add(loaded, checked);
      }
      listener.changed(
          model,
          version,
          InstanceStatus.WARMED,
          "loaded, verified and warmed; " + checked.numbers());
      if (closed) {
        retire(slot);
      }
      advance();
    }
    waiters.forEach(waiter -> waiter.complete(loaded));
  }

  private void failed(long version, Slot slot, Throwable cause) {
    String reason = String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
    List<CompletableFuture<LoadedVersion>> waiters;
    synchronized (lock) {
      loading = false;
      refuse(version, slot, reason);
      waiters = takeWaiters(slot);
      advance();
    }
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

  private static List<CompletableFuture<LoadedVersion>> takeWaiters(Slot slot) {
    List<CompletableFuture<LoadedVersion>> waiters = List.copyOf(slot.waiters);
    slot.waiters.clear();
    return waiters;
  }

  private void closeNow(long version, ServingModel serving) {
    serving.close();
    NativeHeap.trim();
    synchronized (lock) {
      listener.changed(model, version, InstanceStatus.RELEASED, "not needed any more");
      Slot slot = slots.remove(version);
      if (slot != null && !slot.waiters.isEmpty()) {
        Slot again = new Slot();
        again.waiters.addAll(slot.waiters);
        slots.put(version, again);
      }
      advance();
    }
  }
}
