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

  /** Takes over a lease; false, and the lease given back, if the frame has ended meanwhile. */
  boolean hold(LoadedVersion leased) {
    lease.set(leased);
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
    LoadedVersion leased = lease.getAndSet(null);
    if (leased != null) {
      leased.release();
    }
  }
}
