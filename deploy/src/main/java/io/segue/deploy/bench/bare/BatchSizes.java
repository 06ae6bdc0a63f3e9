package io.segue.deploy.bench.bare;

import java.util.List;

/** Finds the batch size at which something is fastest. */
final class BatchSizes {
  static final List<Integer> ALL = List.of(1, 2, 4, 8);

  private static final int TRIED_FRAMES = 8;

  private BatchSizes() {}

  /** Something that can work in batches of any size. */
  @FunctionalInterface
  interface Batched {
    /** The same work in batches of this size. */
    Contender batchesOf(int batch) throws InterruptedException;
  }

  /**
   * The fastest of 1, 2, 4 and 8, each tried twice after a warm-up.
   *
   * @param contenders by batch size
   */
  static int fastest(Batched contenders) throws InterruptedException {
    int fastest = 1;
    double best = 0;
    for (int batch : ALL) {
      Contender contender = contenders.batchesOf(batch);
      contender.run(2 * batch);
      double first = Timing.of(contender, TRIED_FRAMES).framesPerSecond();
      double second = Timing.of(contender, TRIED_FRAMES).framesPerSecond();
      double framesPerSecond = Math.max(first, second);
      if (framesPerSecond > best) {
        best = framesPerSecond;
        fastest = batch;
      }
    }
    return fastest;
  }
}
