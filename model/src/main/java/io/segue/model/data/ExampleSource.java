package io.segue.model.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Labelled images that can be gone through again and again, in an order fixed by a seed. */
@FunctionalInterface
public interface ExampleSource {

  /**
   * One pass. The same seed gives the same examples in the same order; the caller closes the
   * stream. Reading errors surface as {@link java.io.UncheckedIOException}.
   */
  Stream<SegmentationExample> open(long seed);

  /** Examples in memory, shuffled anew for each seed. */
  static ExampleSource of(List<SegmentationExample> examples) {
    List<SegmentationExample> fixed = List.copyOf(examples);
    return seed -> {
      List<SegmentationExample> order = new ArrayList<>(fixed);
      Collections.shuffle(order, new Random(seed));
      return order.stream();
    };
  }
}
