package io.segue.operators.segment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One version of a model in this process, how far it is, and who waits for it. Guarded by the lock
 * of its {@link ModelVersions}.
 */
final class VersionSlot {
  private enum Phase {
    QUEUED,
    LOADING,
    READY,
    FAILED,
    CLOSING
  }

  private final long version;
  private final List<CompletableFuture<LoadedVersion>> waiters = new ArrayList<>();
  private Phase phase = Phase.QUEUED;
  private @Nullable LoadedVersion loaded;
  private String reason = "";
  private long lastServed;
  private boolean servingTold;

  VersionSlot(long version) {
    this.version = version;
  }

  long version() {
    return version;
  }

  boolean isQueued() {
    return phase == Phase.QUEUED;
  }

  boolean isReady() {
    return phase == Phase.READY;
  }

  boolean isClosing() {
    return phase == Phase.CLOSING;
  }

  boolean hasFailed() {
    return phase == Phase.FAILED;
  }

  /** Why it was refused; blank if it was not. */
  String reason() {
    return reason;
  }

  Readiness readiness() {
    return switch (phase) {
      case READY -> Readiness.READY;
      case FAILED -> Readiness.FAILED;
      case QUEUED, LOADING, CLOSING -> Readiness.EXPECTED;
    };
  }

  boolean holdsMemory() {
    return phase == Phase.LOADING || phase == Phase.READY || phase == Phase.CLOSING;
  }

  /** The loaded version with a further lease, if it is ready. */
  Optional<LoadedVersion> lease() {
    return Optional.ofNullable(loaded).filter(it -> isReady() && it.tryLease());
  }

  /** Completed, with a lease, once the version is ready. */
  CompletableFuture<LoadedVersion> await() {
    CompletableFuture<LoadedVersion> waiter = new CompletableFuture<>();
    waiters.add(waiter);
    return waiter;
  }

  boolean isAwaited() {
    return !waiters.isEmpty();
  }

  /** Hands over those that wait, to be completed outside of the lock. */
  List<CompletableFuture<LoadedVersion>> takeWaiters() {
    List<CompletableFuture<LoadedVersion>> taken = List.copyOf(waiters);
    waiters.clear();
    return taken;
  }

  /** A slot for loading the version anew, for those who wait. */
  VersionSlot again() {
    VersionSlot again = new VersionSlot(version);
    again.waiters.addAll(takeWaiters());
    return again;
  }

  void beginLoading() {
    phase = Phase.LOADING;
  }

  void open(LoadedVersion version) {
    loaded = version;
    phase = Phase.READY;
  }

  void refuse(String why) {
    phase = Phase.FAILED;
    reason = why;
  }

  /** Gives no further lease; the version that is to be freed. */
  Optional<LoadedVersion> beginClosing() {
    phase = Phase.CLOSING;
    return Optional.ofNullable(loaded);
  }

  /** When it served last, as a count of batches; 0 before its first. */
  long lastServed() {
    return lastServed;
  }

  void served(long count) {
    lastServed = count;
  }

  /** Whether it is news that the version serves; asked once, until it is news again. */
  boolean takeServingNews() {
    boolean news = !servingTold;
    servingTold = true;
    return news;
  }

  /** The next batch is worth telling of, for the version has become the live one. */
  void becomeLive() {
    servingTold = false;
  }
}
