package io.segue.model.data;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.types.TFloat32;

/**
 * Endless training batches, made on threads of its own while the training step computes. The
 * batches depend on source, options and seed alone, not on timing: example number n is augmented
 * with draws of its own.
 *
 * <p>One consumer at a time. Closing stops the threads and drops what was made ahead.
 */
public final class SegmentationInput implements AutoCloseable {
  private final ExampleSource source;
  private final InputOptions options;
  private final Parser parser;
  private final LabelCheck check;
  private final PixelDecoder decoder = new PixelDecoder();
  private final BlockingQueue<Future<Prepared>> ahead;
  private final ExecutorService workers;
  private final Thread reader;
  private volatile boolean closed;
  private long waitedNanos;

  /** Starts to read ahead at once. */
  public SegmentationInput(ExampleSource source, InputOptions options) {
    this.source = source;
    this.options = options;
    this.parser = new Parser(options.parser());
    this.check = new LabelCheck(options.classes(), options.parser());
    this.ahead = new ArrayBlockingQueue<>(options.batchSize() * options.prefetch());
    this.workers = Executors.newFixedThreadPool(options.threads(), daemons("input-worker"));
    this.reader = daemons("input-reader").newThread(this::read);
    reader.start();
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  private record Prepared(String sourceId, ParsedExample example) {}

  /**
   * The next batch; the caller closes it.
   *
   * @throws InvalidExampleException if an example cannot be decoded or its label does not fit
   * @throws RuntimeException what the source threw
   */
  public Batch next() throws InterruptedException {
    long start = System.nanoTime();
    List<Prepared> examples = new ArrayList<>();
    while (examples.size() < options.batchSize()) {
      examples.add(get(ahead.take()));
    }
    Batch batch = assemble(examples);
    waitedNanos += System.nanoTime() - start;
    return batch;
  }

  /** How long {@link #next} has kept its callers waiting, altogether. */
  public Duration waited() {
    return Duration.ofNanos(waitedNanos);
  }

  private static Prepared get(Future<Prepared> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new IllegalStateException("preparing an example failed", e.getCause());
    }
  }

  private Batch assemble(List<Prepared> examples) {
    Size size = options.parser().trainingSize();
    long batch = examples.size();
    TFloat32 images = TFloat32.tensorOf(Shape.of(batch, size.height(), size.width(), 3));
    TFloat32 labels = TFloat32.tensorOf(Shape.of(batch, size.height(), size.width(), 1));
    FloatDataBuffer imageData = images.asRawTensor().data().asFloats();
    FloatDataBuffer labelData = labels.asRawTensor().data().asFloats();
    List<String> sources = new ArrayList<>();
    for (Prepared prepared : examples) {
      float[] image = prepared.example().image().values();
      float[] label = prepared.example().masks().values();
      imageData.offset((long) sources.size() * image.length).write(image);
      labelData.offset((long) sources.size() * label.length).write(label);
      sources.add(prepared.sourceId());
    }
    return new Batch(images, labels, sources);
  }

  private void read() {
    try {
      long index = 0;
      for (long epoch = 0; ; epoch++) {
        long before = index;
        try (Stream<SegmentationExample> examples = source.open(options.seed() + epoch)) {
          for (Iterator<SegmentationExample> it = examples.iterator(); it.hasNext(); index++) {
            SegmentationExample example = it.next();
            if (index >= options.skip()) {
              long number = index;
              ahead.put(workers.submit(() -> prepare(example, number)));
            }
          }
        }
        if (index == before) {
          throw new IllegalArgumentException("the source has no examples; nothing to train on");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void fail(RuntimeException problem) {
    if (closed) {
      return;
    }
    try {
      ahead.put(CompletableFuture.failedFuture(problem));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Prepared prepare(SegmentationExample example, long number) {
    Pixels image = decoder.image(example);
    Pixels label = decoder.label(example);
    check.require(example.sourceId(), image, label);
    long seed = options.seed() * 0x9E3779B97F4A7C15L + number;
    // Colours draw from a generator of their own: the geometry is the same with and without them.
    Pixels toned = options.photometric().applied(image, Draws.seeded(~seed));
    return new Prepared(
        example.sourceId(),
        parser.forTraining(PixelNormalization.normalize(toned), label, Draws.seeded(seed)));
  }

  @Override
  public void close() {
    closed = true;
    reader.interrupt();
    workers.shutdownNow();
    boolean interrupted = false;
    boolean stopped = false;
    while (!stopped) {
      try {
        reader.join();
        stopped = workers.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    decoder.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
