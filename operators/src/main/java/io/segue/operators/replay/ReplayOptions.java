package io.segue.operators.replay;

import java.io.Serializable;
import java.time.Duration;

/**
 * Where and in what pieces the replay buffer lies.
 *
 * @param root URI of its folder on a Flink file system
 * @param training which training frames are kept
 * @param holdout which holdout frames are kept
 * @param segmentEntries entries after which a segment is closed
 * @param segmentBytes bytes after which a segment is closed; open entries lie in state, so this
 *     times the number of shards bounds them
 * @param closeAfter time after which a segment is closed however small it is, and news of a shard
 *     reach the trainer
 * @param retention time for which a file stays that no live entry names any more. A training run
 *     may still read it: give at least twice the training deadline (a request may wait for one run
 *     before its own) plus {@code closeAfter}. Counted anew after a restore
 * @param retainedCheckpoints checkpoints that must complete before such a file goes: as many as
 *     Flink retains, since each may be restored. Savepoints are not counted: to restore one that is
 *     older than {@code retention}, keep a copy of the folder
 */
public record ReplayOptions(
    String root,
    Sampling training,
    Sampling holdout,
    int segmentEntries,
    long segmentBytes,
    Duration closeAfter,
    Duration retention,
    int retainedCheckpoints)
    implements Serializable {

  /** Checks the ranges. */
  public ReplayOptions {
    if (segmentEntries < 1 || segmentBytes < 1) {
      throw new IllegalArgumentException(
          "segments of %d entries and %d bytes; give at least 1 of each"
              .formatted(segmentEntries, segmentBytes));
    }
    if (closeAfter.toMillis() < 1 || retention.compareTo(closeAfter) < 0) {
      throw new IllegalArgumentException(
          "learn.replay: close_after %s and retention %s; give at least 1 ms and a retention that is not shorter"
              .formatted(closeAfter, retention));
    }
    if (retainedCheckpoints < 1) {
      throw new IllegalArgumentException(
          "%d retained checkpoints; Flink keeps at least 1".formatted(retainedCheckpoints));
    }
  }

  /**
   * In this folder: 4,000 training and 500 holdout frames, without recency, in segments of up to 64
   * frames, 16 MiB and 10 seconds; files are kept for 3 hours and one checkpoint.
   */
  public static ReplayOptions in(String root) {
    return new ReplayOptions(
        root,
        new Sampling(1, 4000, 8, null),
        new Sampling(2, 500, 4, null),
        64,
        16L << 20,
        Duration.ofSeconds(10),
        Duration.ofHours(3),
        1);
  }

  /** Sampling of one part. */
  Sampling sampling(String part) {
    return part.equals(Part.HOLDOUT.id()) ? holdout : training;
  }
}
