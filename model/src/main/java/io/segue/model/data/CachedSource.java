package io.segue.model.data;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps the encoded examples of the first pass in memory and shuffles them for the later ones. (The
 * reference's {@code cache} keeps parsed examples, and with them one augmentation of each for ever;
 * here every pass augments anew.)
 */
public final class CachedSource implements ExampleSource {
  private final ExampleSource source;
  private final boolean shuffled;
  private Optional<List<SegmentationExample>> kept = Optional.empty();

  /** Reads {@code source} once, when first opened. */
  public CachedSource(ExampleSource source, boolean shuffled) {
    this.source = source;
    this.shuffled = shuffled;
  }

  @Override
  public synchronized Stream<SegmentationExample> open(long seed) {
    if (kept.isEmpty()) {
      try (Stream<SegmentationExample> all = source.open(seed)) {
        kept = Optional.of(all.toList());
      }
    }
    List<SegmentationExample> examples = kept.get();
    return shuffled ? ExampleSource.of(examples).open(seed) : examples.stream();
  }
}
