package io.segue.operators.segment;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Gathers frames into batches of one version, plan and size. Frames wait encoded; only a few
 * batches at a time hold pixels. The batch of the frame that waits longest is opened first, and a
 * batch takes in frames until it is inferred. Not thread-safe: guarded by its engine.
 */
final class BatchQueue {
  /** A frame that has been given a place in a batch. */
  record Placement(FrameTask task, Batch batch, ByteBuffer pixels) {}

  /** Batches that hold pixels while others are inferred: one to decode, one ready. */
  private static final int STAGED = 2;

  private final ServingOptions options;
  private final Map<Batch.Key, Deque<FrameTask>> waiting = new LinkedHashMap<>();
  private final List<Batch> staged = new ArrayList<>();
  private final Deque<ByteBuffer> spare = new ArrayDeque<>();

  BatchQueue(ServingOptions options) {
    this.options = options;
  }

  void add(Batch.Key key, FrameTask task) {
    waiting.computeIfAbsent(key, k -> new ArrayDeque<>()).add(task);
  }

  /** Frames that wait for a place. */
  int waiting() {
    return waiting.values().stream().mapToInt(Deque::size).sum();
  }

  /**
   * Gives places to as many waiting frames as there is room for.
   *
   * @param now nanoseconds
   * @param dropped says of a frame whose turn has come that it needs no place any more
   */
  List<Placement> place(long now, Predicate<FrameTask> dropped) {
    List<Placement> placed = new ArrayList<>();
    staged.forEach(batch -> fill(batch, dropped, placed));
    while (staged.size() < STAGED && !waiting.isEmpty()) {
      Batch batch = open(longestWaiting(), now);
      fill(batch, dropped, placed);
      if (batch.isEmpty()) {
        recycle(batch);
      } else {
        staged.add(batch);
      }
    }
    return placed;
  }

  private void fill(Batch batch, Predicate<FrameTask> dropped, List<Placement> placed) {
    Deque<FrameTask> queue = waiting.get(batch.key());
    while (queue != null && !batch.isFull() && !queue.isEmpty()) {
      FrameTask task = queue.remove();
      if (dropped.test(task)) {
        continue;
      }
      placed.add(new Placement(task, batch, batch.add(task)));
    }
    if (queue != null && queue.isEmpty()) {
      waiting.remove(batch.key());
    }
  }

  private Batch.Key longestWaiting() {
    return waiting.entrySet().stream()
        .min((a, b) -> Long.compare(arrival(a.getValue()), arrival(b.getValue())))
        .orElseThrow()
        .getKey();
  }

  private static long arrival(Deque<FrameTask> queue) {
    return queue.element().arrived();
  }

  private Batch open(Batch.Key key, long now) {
    int capacity =
        options.batchSize(key.version().serving(), key.plan(), key.width(), key.height());
    int bytes = Math.multiplyExact(capacity, key.frameBytes());
    ByteBuffer pixels = spare.poll();
    if (pixels == null || pixels.capacity() < bytes) {
      pixels = ByteBuffer.allocateDirect(bytes);
    }
    return new Batch(key, capacity, pixels, now);
  }

  /**
   * Takes out the first batch that is decoded and either full or as old as the delay allows.
   *
   * @param now nanoseconds
   */
  Optional<Batch> next(long now) {
    for (Batch batch : staged) {
      if (batch.isDecoded() && (batch.isFull() || dueIn(batch, now) <= 0)) {
        staged.remove(batch);
        return Optional.of(batch);
      }
    }
    return Optional.empty();
  }

  /**
   * Takes out the batch to be inferred beside another one, if it is allowed: the first that is
   * decoded and full. One that another has overtaken needs only be due: what fills under load would
   * keep it waiting for ever, and with it the streams of its frames.
   *
   * @param now nanoseconds
   */
  Optional<Batch> nextBeside(long now, Predicate<Batch> allowed) {
    Optional<Batch> first =
        staged.stream()
            .filter(Batch::isDecoded)
            .filter(batch -> batch.isFull() || (batch.isOvertaken() && dueIn(batch, now) <= 0))
            .findFirst();
    Optional<Batch> taken = first.filter(allowed);
    taken.ifPresent(
        batch -> {
          staged.subList(0, staged.indexOf(batch)).forEach(Batch::overtake);
          staged.remove(batch);
        });
    return taken;
  }

  /** Whether no frame waits to be inferred. */
  boolean isEmpty() {
    return waiting.isEmpty() && staged.isEmpty();
  }

  /** Nanoseconds until the delay of a decoded batch ends; empty where none waits for it. */
  Optional<Long> nextDue(long now) {
    return staged.stream()
        .filter(batch -> batch.isDecoded() && !batch.isFull())
        .map(batch -> dueIn(batch, now))
        .min(Long::compare);
  }

  private long dueIn(Batch batch, long now) {
    return batch.created() + options.maxDelay().toNanos() - now;
  }

  /** Takes a batch's buffer back for another one. */
  void recycle(Batch batch) {
    if (spare.size() < STAGED) {
      spare.add(batch.pixels());
    }
  }
}
