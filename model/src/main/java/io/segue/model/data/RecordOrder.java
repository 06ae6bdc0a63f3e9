package io.segue.model.data;

/**
 * In which order the records of several files are read: the reference's {@code InputReader}.
 *
 * @param shuffled whether files and records come in another order in each pass; false: files and
 *     records in their own order, interleaved
 * @param cycleLength files read at a time, 1 or more
 * @param blockLength records taken of each in turn, 1 or more
 * @param shuffleBufferSize records among which the next one is drawn; 1: no shuffling of records
 */
public record RecordOrder(
    boolean shuffled, int cycleLength, int blockLength, int shuffleBufferSize) {
  /** Files one after the other, records in their own order. */
  public static final RecordOrder SEQUENTIAL = new RecordOrder(false, 1, 1, 1);

  /** The reference's defaults in training. */
  public static final RecordOrder TRAINING = new RecordOrder(true, 10, 1, 1000);

  /** Checks the ranges. */
  public RecordOrder {
    if (cycleLength < 1 || blockLength < 1 || shuffleBufferSize < 1) {
      throw new IllegalArgumentException(
          "cycle_length %d, block_length %d and shuffle_buffer_size %d must be 1 or more"
              .formatted(cycleLength, blockLength, shuffleBufferSize));
    }
  }
}
