package io.segue.deploy.bench.bare;

import static java.util.Comparator.comparingDouble;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the batch size at which something is fastest. */
final class BatchSizes {
  static final List<Integer> ALL = List.of(1, 2, 4, 8);

  private static final int TRIED_FRAMES = 8;
  private static final int ROUNDS = 3;

  private BatchSizes() {}

  /** Something that can work in batches of any size. */
  @FunctionalInterface
  interface Batched {
    /** The same work in batches of this size. */
    Contender batchesOf(int batch) throws InterruptedException;
  }

  /**
   * The fastest of 1, 2, 4 and 8 by the medians of rounds in turn, after a warm-up.
   *
   * @param contenders by batch size
   */
  static int fastest(Batched contenders) throws InterruptedException {
    Map<String, Contender> sizes = new LinkedHashMap<>();
    for (int batch : ALL) {
      Contender contender = contenders.batchesOf(batch);
      contender.run(Math.max(TRIED_FRAMES, 2 * batch));
      sizes.put(Integer.toString(batch), contender);
    }
    Rounds rounds = Rounds.measure(sizes, ROUNDS, 2 * TRIED_FRAMES, line -> {});
    return ALL.stream()
        .max(comparingDouble(batch -> rounds.framesPerSecond(batch.toString())))
        .orElseThrow();
  }
}
