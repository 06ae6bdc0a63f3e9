package io.segue.model.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Several sources, each next example drawn from one of them by weight. A pass ends when the source
 * whose turn it is has no more, as in the reference.
 *
 * @param parts at least one, weights above 0; they need not sum to 1
 */
public record WeightedMix(List<Part> parts) implements ExampleSource {

  /** One source and how often it is drawn from. */
  public record Part(ExampleSource source, double weight) {}

  /** Checks the weights. */
  public WeightedMix {
    parts = List.copyOf(parts);
    if (parts.isEmpty() || parts.stream().anyMatch(part -> !(part.weight() > 0))) {
      throw new IllegalArgumentException(
          "a mix needs at least one source, and every weight above 0; the weights are %s"
              .formatted(parts.stream().map(Part::weight).toList()));
    }
  }

  @Override
  public Stream<SegmentationExample> open(long seed) {
    List<Stream<SegmentationExample>> streams = new ArrayList<>();
    List<Iterator<SegmentationExample>> iterators = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Stream<SegmentationExample> stream = parts.get(i).source().open(seed + 31L * i);
      streams.add(stream);
      iterators.add(stream.iterator());
    }
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                new Drawn(iterators, new Random(seed)), Spliterator.ORDERED),
            false)
        .onClose(() -> streams.forEach(Stream::close));
  }

  private final class Drawn implements Iterator<SegmentationExample> {
    private final List<Iterator<SegmentationExample>> sources;
    private final Random random;
    private Iterator<SegmentationExample> turn;

    Drawn(List<Iterator<SegmentationExample>> sources, Random random) {
      this.sources = sources;
      this.random = random;
      this.turn = draw();
    }

    private Iterator<SegmentationExample> draw() {
      double total = parts.stream().mapToDouble(Part::weight).sum();
      double left = random.nextDouble() * total;
      int index = 0;
      while (index < parts.size() - 1 && left >= parts.get(index).weight()) {
        left -= parts.get(index).weight();
        index++;
      }
      return sources.get(index);
    }

    @Override
    public boolean hasNext() {
      return turn.hasNext();
    }

    @Override
    public SegmentationExample next() {
      if (!turn.hasNext()) {
        throw new NoSuchElementException();
      }
      SegmentationExample example = turn.next();
      turn = draw();
      return example;
    }
  }
}
