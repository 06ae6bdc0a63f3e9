package io.segue.operators.segment;

import io.segue.model.serve.ServingModel;

/**
 * A version in memory, held by leases: it may be closed once it is retired and the last frame that
 * uses it is done, never before.
 */
final class LoadedVersion {
  private final long version;
  private final ServingModel serving;
  private final Runnable onIdle;
  private int leases;
  private boolean retired;

  /**
   * @param onIdle called once, when nothing uses the version any more and nothing will
   */
  LoadedVersion(long version, ServingModel serving, Runnable onIdle) {
    this.version = version;
    this.serving = serving;
    this.onIdle = onIdle;
  }

  long version() {
    return version;
  }

  ServingModel serving() {
    return serving;
  }

  /** Takes a lease, to be given back by {@link #release}; false once the version is retired. */
  synchronized boolean tryLease() {
    if (retired) {
      return false;
    }
    leases++;
    return true;
  }

  /** Takes a further lease; only for whom holds one. */
  synchronized void extend() {
    leases++;
  }

  void release() {
    boolean idle;
    synchronized (this) {
      leases--;
      idle = retired && leases == 0;
    }
    if (idle) {
      onIdle.run();
    }
  }

  /** Gives no further lease. */
  void retire() {
    boolean idle;
    synchronized (this) {
      idle = !retired && leases == 0;
      retired = true;
    }
    if (idle) {
      onIdle.run();
    }
  }
}
