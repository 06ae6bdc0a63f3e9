package io.segue.deploy.bench;

import io.segue.connectors.image.ImageDecoder;
import io.segue.connectors.image.MaskCodec;
import io.segue.model.config.Plan;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.form.Precision;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
  private int batchSize;
  private int callersAtOnce;

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

  /** The one of 1, 2, 4 and 8 that was the fastest when last measured. */
  int batchSize() {
    return batchSize;
  }

  /** Whether one or two threads at a time were the fastest when last measured. */
  int callers() {
    return callersAtOnce;
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

  /** Frames a second at the fastest of all batch sizes, with one or two callers. */
  double framesPerSecond(Duration during) throws InterruptedException, ExecutionException {
    Duration each = during.dividedBy((long) BATCH_SIZES.length * MOST_CALLERS);
    double best = 0;
    for (int size : BATCH_SIZES) {
      for (int callers = 1; callers <= MOST_CALLERS; callers++) {
        double rate = framesPerSecond(size, callers, each);
        if (rate > best) {
          best = rate;
          batchSize = size;
          callersAtOnce = callers;
        }
      }
    }
    return best;
  }

  /** Median time of a single frame. */
  double latencyMillis(Duration during) {
    return median(run(1, during));
  }

  /** The sum of what callers reach beside each other, each by its own clock. */
  private double framesPerSecond(int size, int atOnce, Duration during)
      throws InterruptedException, ExecutionException {
    double sum = 0;
    List<Callable<List<Double>>> runs = Collections.nCopies(atOnce, () -> run(size, during));
    for (Future<List<Double>> caller : callers.invokeAll(runs)) {
      List<Double> took = caller.get();
      sum += 1000.0 * size * took.size() / took.stream().mapToDouble(it -> it).sum();
    }
    return sum;
  }

  /** Milliseconds of each batch. */
  private List<Double> run(int size, Duration during) {
    Runnable run =
        () -> model.segment(rgb, size, pictures.height(), pictures.width(), Plan.SINGLE).close();
    for (int i = 0; i < WARM_UP_RUNS; i++) {
      run.run();
    }
    List<Double> took = new ArrayList<>();
    long end = System.nanoTime() + during.toNanos();
    while (took.size() < LEAST_RUNS || System.nanoTime() < end) {
      took.add(millis(run));
    }
    return took;
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
