package io.segue.model.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;

/** Draws the next element among a bounded number of those to come, as tf.data's shuffle does. */
final class ShuffleBuffer<T> implements Iterator<T> {
  private final Iterator<T> source;
  private final int capacity;
  private final Random random;
  private final List<T> held = new ArrayList<>();

  ShuffleBuffer(Iterator<T> source, int capacity, Random random) {
    this.source = source;
    this.capacity = capacity;
    this.random = random;
  }

  @Override
  public boolean hasNext() {
    while (held.size() < capacity && source.hasNext()) {
      held.add(source.next());
    }
    return !held.isEmpty();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int drawn = random.nextInt(held.size());
    T last = held.remove(held.size() - 1);
    return drawn == held.size() ? last : held.set(drawn, last);
  }
}
