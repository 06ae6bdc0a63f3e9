package io.segue.deploy.bench;

import io.segue.connectors.image.ImageDecoder;
import io.segue.connectors.image.MaskCodec;
import io.segue.deploy.bench.SideBySide.Run;
import io.segue.model.config.Plan;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.form.Precision;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The network alone, on decoded pixels, with nothing around it: what serving is held against. */
final class NetworkAlone implements AutoCloseable {
  private static final int[] BATCH_SIZES = {1, 2, 4, 8};
  private static final int MOST_CALLERS = 2;
  private static final int WARM_UP_RUNS = 5;
  private static final int LEAST_RUNS = 5;
  private static final int CODEC_RUNS = 200;

  private final ServingModel model;
  private final BenchPictures pictures;
  private final ByteBuffer rgb;
  private final double decodeMicros;
  private final double encodeMicros;
  private final ExecutorService callers = Executors.newFixedThreadPool(MOST_CALLERS);
  private final Map<Batching, Double> tried = new LinkedHashMap<>();
  private Batching chosen = new Batching(1, 1);

  /**
   * How frames are put into calls.
   *
   * @param batchSize frames in a call
   * @param callers threads at a time
   */
  record Batching(int batchSize, int callers) {}

  /** Loads the first version as the job does. */
  NetworkAlone(BenchStage stage, BenchPictures pictures) {
    this.pictures = pictures;
    int largest = BATCH_SIZES[BATCH_SIZES.length - 1];
    int bytes = 3 * pictures.width() * pictures.height();
    rgb = ByteBuffer.allocateDirect(bytes * largest);
    List<Double> decoding = new ArrayList<>();
    for (int i = 0; i < CODEC_RUNS; i++) {
      ByteBuffer jpeg = ByteBuffer.wrap(pictures.jpegOf(i));
      ByteBuffer slot = rgb.slice(i % largest * bytes, bytes);
      decoding.add(millis(() -> ImageDecoder.decodeRgb(jpeg, slot)));
    }
    decodeMicros = 1000 * median(decoding);
    model = stage.load(1, rgb.slice(0, bytes));
    encodeMicros = 1000 * encode();
  }

  /** What was chosen last; single frames by one caller at first. */
  Batching chosen() {
    return chosen;
  }

  /** In what numbers the network computes. */
  Precision precision() {
    return model.precision();
  }

  /** Median time to decode one JPEG on one thread. */
  double decodeMicros() {
    return decodeMicros;
  }

  /** Median time to encode one mask on one thread. */
  double encodeMicros() {
    return encodeMicros;
  }

  /**
   * Tries all batch sizes, with one or two callers, and chooses what has been the fastest in all
   * trials so far. How fast that is has to be measured anew: the greatest of several measurements
   * is on average more than what it measures.
   */
  void choose(Duration during) throws InterruptedException, ExecutionException {
    Duration each = during.dividedBy((long) BATCH_SIZES.length * MOST_CALLERS);
    for (int size : BATCH_SIZES) {
      for (int callers = 1; callers <= MOST_CALLERS; callers++) {
        Batching batching = new Batching(size, callers);
        tried.merge(batching, framesPerSecond(batching, each), Double::sum);
      }
    }
    chosen = Collections.max(tried.entrySet(), Map.Entry.comparingByValue()).getKey();
  }

  /** Frames a second with what was chosen last. */
  double framesPerSecond(Duration during) throws InterruptedException, ExecutionException {
    return framesPerSecond(chosen, during);
  }

  /** Median time of a single frame. */
  double latencyMillis(Duration during) {
    return median(run(1, during).stream().map(it -> it.nanos() / 1e6).toList());
  }

  /**
   * The sum of what callers reach beside each other, each by its own clock, up to the moment when
   * the first of them is done: after that the others have the cores to themselves.
   */
  private double framesPerSecond(Batching batching, Duration during)
      throws InterruptedException, ExecutionException {
    List<Callable<List<Run>>> calls =
        Collections.nCopies(batching.callers(), () -> run(batching.batchSize(), during));
    List<List<Run>> callersRuns = new ArrayList<>();
    for (Future<List<Run>> caller : callers.invokeAll(calls)) {
      callersRuns.add(caller.get());
    }
    return batching.batchSize() * SideBySide.runsPerSecond(callersRuns);
  }

  /** One batch after the other. */
  private List<Run> run(int size, Duration during) {
    Runnable run =
        () -> model.segment(rgb, size, pictures.height(), pictures.width(), Plan.SINGLE).close();
    for (int i = 0; i < WARM_UP_RUNS; i++) {
      run.run();
    }
    List<Run> runs = new ArrayList<>();
    long end = System.nanoTime() + during.toNanos();
    while (runs.size() < LEAST_RUNS || System.nanoTime() < end) {
      long began = System.nanoTime();
      run.run();
      runs.add(new Run(began, System.nanoTime()));
    }
    return runs;
  }

  private double encode() {
    List<Double> took = new ArrayList<>();
    try (Segmentation result =
        model.segment(rgb, 1, pictures.height(), pictures.width(), Plan.SINGLE)) {
      for (int i = 0; i < CODEC_RUNS; i++) {
        took.add(
            millis(
                () ->
                    MaskCodec.encode(
                        result.mask(0), pictures.width(), pictures.height(), pictures.taxonomy())));
      }
    }
    return median(took);
  }

  private static double millis(Runnable work) {
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e6;
  }

  private static double median(List<Double> values) {
    return Figures.median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  @Override
  public void close() {
    callers.shutdownNow();
    model.close();
  }
}
