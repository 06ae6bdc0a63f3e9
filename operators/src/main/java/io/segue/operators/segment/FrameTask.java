package io.segue.operators.segment;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One frame on its way through the engine. Ends once, and gives its lease back when it has. */
final class FrameTask {
  private final FrameRequest request;
  private final CompletableFuture<FrameResult> result;
  private final long arrived;
  private final AtomicReference<@Nullable LoadedVersion> lease = new AtomicReference<>();
  private volatile @Nullable ByteBuffer encoded;
  private volatile long leased;

  /**
   * @param arrived nanoseconds
   */
  FrameTask(FrameRequest request, CompletableFuture<FrameResult> result, long arrived) {
    this.request = request;
    this.result = result;
    this.arrived = arrived;
  }

  FrameRequest request() {
    return request;
  }

  long arrived() {
    return arrived;
  }

  /** When its version was there, nanoseconds: what it waits from then on is the engine's load. */
  long leased() {
    return leased;
  }

  boolean isDone() {
    return result.isDone();
  }

  /** The encoded image, fetched once. */
  ByteBuffer encoded() throws FrameRefusedException {
    ByteBuffer bytes = encoded;
    if (bytes == null) {
      bytes = request.payload().fetch();
      encoded = bytes;
    }
    return bytes.duplicate();
  }

  /**
   * Takes over a lease; false, and the lease given back, if the frame has ended meanwhile.
   *
   * @param now nanoseconds
   */
  boolean hold(LoadedVersion version, long now) {
    leased = now;
    lease.set(version);
    if (isDone()) {
      release();
      return false;
    }
    return true;
  }

  /** Work on a frame. */
  @FunctionalInterface
  interface Work {
    void run() throws FrameRefusedException;
  }

  /** Works on this frame: a refusal ends the frame, a defect of ours fails its task. */
  void attempt(Work work) {
    try {
      work.run();
    } catch (FrameRefusedException e) {
      end(new FrameResult.Refused(e.deadLetterCause(), request.name() + ": " + e.getMessage()));
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  void end(FrameResult outcome) {
    result.complete(outcome);
    release();
  }

  void fail(Throwable cause) {
    result.completeExceptionally(cause);
    release();
  }

  private void release() {
    encoded = null;
    LoadedVersion version = lease.getAndSet(null);
    if (version != null) {
      version.release();
    }
  }
}
