package io.segue.operators.segment;

import java.util.concurrent.atomic.LongAdder;

/**
 * What an engine has done since the process began: sums and counts, from whose differences a reader
 * makes rates and means. What was refused or failed counts nowhere, and a frame that was inferred
 * again after its batch had failed counts once. All times in nanoseconds. Thread-safe.
 */
public final class EngineMeter {
  private final LongAdder frames = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder waitNanos = new LongAdder();
  private final LongAdder decodeNanos = new LongAdder();
  private final LongAdder inferenceNanos = new LongAdder();
  private final LongAdder encodeNanos = new LongAdder();

  EngineMeter() {}

  void decoded(long waited, long took) {
    waitNanos.add(waited);
    decodeNanos.add(took);
  }

  void inferred(int batchSize, long took) {
    frames.add(batchSize);
    batches.increment();
    inferenceNanos.add(took);
  }

  void encoded(long took) {
    encodeNanos.add(took);
  }

  /** Frames inferred. */
  public long frames() {
    return frames.sum();
  }

  /** Batches inferred. */
  public long batches() {
    return batches.sum();
  }

  /** Time frames waited for their place in a batch. */
  public long waitNanos() {
    return waitNanos.sum();
  }

  /** Time spent decoding frames. */
  public long decodeNanos() {
    return decodeNanos.sum();
  }

  /** Time spent in the network; of batches that run beside each other, of each. */
  public long inferenceNanos() {
    return inferenceNanos.sum();
  }

  /** Time spent encoding masks. */
  public long encodeNanos() {
    return encodeNanos.sum();
  }
}
