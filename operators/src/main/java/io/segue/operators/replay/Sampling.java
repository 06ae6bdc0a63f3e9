package io.segue.operators.replay;

import io.segue.operators.record.StableHash;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides which labelled frames a bounded buffer keeps: those with the lowest ranks, where a rank
 * is a function of the frame alone. So the content is a function of the set of frames offered, not
 * of the order of their arrival: it merges, rescales and comes out equal after a restore.
 *
 * <p>The rank of a frame with uniform hash u and weight w is ln(−ln u) − ln w, which orders as
 * u^(1/w) does (Efraimidis and Spirakis, 2006). With a half-life, w grows with capture time t as
 * 2^(t / halfLife): old frames give way to new ones (forward decay, Cormode et al., 2009).
 *
 * @param seed another seed draws another sample
 * @param capacity entries kept over all shards
 * @param shards number of shards, fixed when the buffer is created; at most {@code capacity}
 * @param halfLife time after which a frame is half as likely to be kept as a new one; null for ever
 */
public record Sampling(long seed, int capacity, int shards, @Nullable Duration halfLife)
    implements Serializable {

  /** Checks the ranges. */
  public Sampling {
    if (shards < 1 || capacity < shards) {
      throw new IllegalArgumentException(
          "capacity %d in %d shards; there must be at least one shard and one entry a shard"
              .formatted(capacity, shards));
    }
    if (halfLife != null && halfLife.toMillis() < 1) {
      throw new IllegalArgumentException("half-life %s; give at least 1 ms".formatted(halfLife));
    }
  }

  /** The half-life, if old frames give way to new ones. */
  public Optional<Duration> recency() {
    return Optional.ofNullable(halfLife);
  }

  /** Shard of the frame with this identity. */
  public int shard(String identity) {
    return StableHash.bucket(~seed, identity, shards);
  }

  /** Entries that one shard keeps; the shards' capacities add up to the whole. */
  public int capacityOf(int shard) {
    return capacity / shards + (shard < capacity % shards ? 1 : 0);
  }

  /**
   * Rank of a frame; lower is kept longer.
   *
   * @param weight above 0; a function of the frame alone, so that a repeat has the same
   * @param time capture time in milliseconds since 1970
   */
  public double rank(String identity, double weight, long time) {
    double rank = Math.log(-Math.log(StableHash.uniform(seed, identity))) - Math.log(weight);
    return halfLife == null ? rank : rank - Math.log(2) * time / halfLife.toMillis();
  }
}
