package io.segue.operators.replay;

import io.segue.operators.record.StableHash;
import java.io.Serializable;
import java.time.Duration;

/**
 * Splits labelled frames into training and holdout by a hash of stream and block of capture time,
 * so that neighbours in time, which look alike, do not fall on both sides: a frame of a training
 * block that is within {@code guard} of a holdout block is used for neither. A frame's part depends
 * on nothing but its stream and capture time.
 *
 * @param share share of the blocks that are held out, 0 ≤ share &lt; 1
 * @param block length of a block; at least 1 ms
 * @param guard least distance in time between a training and a holdout frame of one stream; shorter
 *     than a block
 * @param seed another seed draws other blocks
 */
public record HoldoutSplit(double share, Duration block, Duration guard, long seed)
    implements Serializable {
  /** A fifth of the blocks of a minute, two seconds apart from the others. */
  public static final HoldoutSplit DEFAULT =
      new HoldoutSplit(0.2, Duration.ofMinutes(1), Duration.ofSeconds(2), 1);

  /** Checks the ranges. */
  public HoldoutSplit {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(
          "holdout share %s; it must be at least 0 and below 1".formatted(share));
    }
    if (block.toMillis() < 1) {
      throw new IllegalArgumentException("holdout block %s; give at least 1 ms".formatted(block));
    }
    if (guard.isNegative() || guard.compareTo(block) >= 0) {
      throw new IllegalArgumentException(
          "holdout guard %s; it must not be negative and be shorter than the block of %s"
              .formatted(guard, block));
    }
  }

  /** Part of the frame of this stream taken at {@code captureTime} (milliseconds since 1970). */
  public Part part(String streamId, long captureTime) {
    long length = block.toMillis();
    long index = Math.floorDiv(captureTime, length);
    if (heldOut(streamId, index)) {
      return Part.HOLDOUT;
    }
    long sinceStart = Math.floorMod(captureTime, length);
    boolean nearBefore = sinceStart < guard.toMillis() && heldOut(streamId, index - 1);
    boolean nearAfter = length - sinceStart <= guard.toMillis() && heldOut(streamId, index + 1);
    return nearBefore || nearAfter ? Part.GUARD : Part.TRAINING;
  }

  private boolean heldOut(String streamId, long block) {
    return StableHash.uniform(seed, streamId + "#" + block) < share;
  }
}
