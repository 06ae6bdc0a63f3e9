package io.segue.operators.segment;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The batches that are inferred, lent to the shadow or still being encoded, and whether another may
 * begin beside them. Not thread-safe: guarded by its engine.
 */
final class RunningBatches {
  /** Batches that may be inferred at the same time. */
  static final int MAX_INFERRING = 2;

  /** Batches whose masks may still be encoding when the next inference starts. */
  private static final int MAX_ENCODING = 2;

  private final long maxPlanBytes;
  private final Set<Batch> inferring = new HashSet<>();
  private final Set<Batch> shadowed = new HashSet<>();
  private int encoding;

  /**
   * @param maxPlanBytes that all of them may take together
   */
  RunningBatches(long maxPlanBytes) {
    this.maxPlanBytes = maxPlanBytes;
  }

  /** Whether there is room for one more. */
  boolean mayBegin() {
    return inferring.size() + shadowed.size() < MAX_INFERRING && encoding < MAX_ENCODING;
  }

  /** Whether none is being inferred for a frame that is to be served. */
  boolean isIdle() {
    return inferring.isEmpty();
  }

  /** Whether there is memory for a batch beside the others. */
  boolean fits(Batch batch) {
    long taken =
        Stream.concat(inferring.stream(), shadowed.stream())
            .mapToLong(RunningBatches::planBytes)
            .sum();
    return taken + planBytes(batch) <= maxPlanBytes;
  }

  private static long planBytes(Batch batch) {
    Batch.Key key = batch.key();
    return PlanMemory.bytes(
        key.version().serving().spec(), key.plan(), batch.capacity(), key.width(), key.height());
  }

  void begin(Batch batch) {
    inferring.add(batch);
  }

  /** The frames of a batch are served; the shadow has its pixels. */
  void lendToShadow(Batch batch) {
    inferring.remove(batch);
    shadowed.add(batch);
  }

  void end(Batch batch) {
    inferring.remove(batch);
    shadowed.remove(batch);
  }

  void encodingBegins() {
    encoding++;
  }

  void encodingEnds() {
    encoding--;
  }
}
