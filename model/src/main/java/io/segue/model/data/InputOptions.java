package io.segue.model.data;

/**
 * How examples become batches.
 *
 * @param parser size and augmentation
 * @param photometric random changes of colour
 * @param classes number of classes; a label that is neither one of them nor ignored is an error
 * @param batchSize examples a batch
 * @param threads that decode and augment
 * @param prefetch batches made ahead
 * @param seed of order and augmentation
 * @param skip examples to leave out at the start, where a run is resumed
 */
public record InputOptions(
    ParserOptions parser,
    Photometric photometric,
    int classes,
    int batchSize,
    int threads,
    int prefetch,
    long seed,
    long skip) {

  /** Checks the ranges. */
  public InputOptions {
    if (classes < 1 || batchSize < 1 || threads < 1 || prefetch < 1 || skip < 0) {
      throw new IllegalArgumentException(
          "classes %d, batchSize %d, threads %d and prefetch %d must be 1 or more, skip %d 0 or more"
              .formatted(classes, batchSize, threads, prefetch, skip));
    }
  }

  /** Without changes of colour. */
  public InputOptions(
      ParserOptions parser,
      int classes,
      int batchSize,
      int threads,
      int prefetch,
      long seed,
      long skip) {
    this(parser, Photometric.NONE, classes, batchSize, threads, prefetch, seed, skip);
  }
}
