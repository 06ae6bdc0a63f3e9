package io.segue.operators.replay;

import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The {@code capacity} keys with the lowest ranks of all that were offered, equal ranks ordered by
 * key. Content depends on the set of offers only; an offer costs O(log capacity).
 */
final class BottomK {
  private record Ranked(double rank, String key) {}

  private final int capacity;
  private final TreeSet<Ranked> kept =
      new TreeSet<>(Comparator.comparingDouble(Ranked::rank).thenComparing(Ranked::key));

  BottomK(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Takes a key in.
   *
   * @return the key that has to go, which may be the offered one
   */
  Optional<String> offer(double rank, String key) {
    kept.add(new Ranked(rank, key));
    return kept.size() <= capacity
        ? Optional.empty()
        : Optional.ofNullable(kept.pollLast()).map(Ranked::key);
  }

  void remove(double rank, String key) {
    kept.remove(new Ranked(rank, key));
  }
}
