package io.segue.deploy.bench;

import io.segue.connectors.image.ImageDecoder;
import io.segue.connectors.image.MaskCodec;
import io.segue.model.config.Plan;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The network alone, on decoded pixels, with nothing around it: what serving is held against.
 *
 * @param framesPerSecond at the best batch size
 * @param batchSize the best of 1, 2, 4 and 8
 * @param latencyMillis median of a single frame
 * @param decodeMicros median of decoding one JPEG on one thread
 * @param encodeMicros median of encoding one mask on one thread
 */
record NetworkAlone(
    double framesPerSecond,
    int batchSize,
    double latencyMillis,
    double decodeMicros,
    double encodeMicros) {
  private static final int[] BATCH_SIZES = {1, 2, 4, 8};
  private static final int WARM_UP_RUNS = 5;
  private static final int LEAST_RUNS = 5;
  private static final int CODEC_RUNS = 200;

  /** Measures each batch size for {@code each}. */
  static NetworkAlone measure(Path version, BenchPictures pictures, Duration each) {
    int largest = BATCH_SIZES[BATCH_SIZES.length - 1];
    int bytes = 3 * pictures.width() * pictures.height();
    ByteBuffer rgb = ByteBuffer.allocateDirect(bytes * largest);
    List<Double> decoding = new ArrayList<>();
    for (int i = 0; i < CODEC_RUNS; i++) {
      ByteBuffer jpeg = ByteBuffer.wrap(pictures.jpegOf(i));
      ByteBuffer slot = rgb.slice(i % largest * bytes, bytes);
      decoding.add(millis(() -> ImageDecoder.decodeRgb(jpeg, slot)));
    }
    try (ServingModel model = ServingModels.load(version)) {
      double best = 0;
      int bestSize = 1;
      double single = 0;
      for (int size : BATCH_SIZES) {
        double took = infer(model, rgb, size, pictures, each);
        single = size == 1 ? took : single;
        if (1000 * size / took > best) {
          best = 1000 * size / took;
          bestSize = size;
        }
      }
      return new NetworkAlone(
          best, bestSize, single, 1000 * median(decoding), 1000 * encode(model, rgb, pictures));
    }
  }

  /** Median milliseconds of a batch. */
  private static double infer(
      ServingModel model, ByteBuffer rgb, int size, BenchPictures pictures, Duration each) {
    Runnable run =
        () -> model.segment(rgb, size, pictures.height(), pictures.width(), Plan.SINGLE).close();
    for (int i = 0; i < WARM_UP_RUNS; i++) {
      run.run();
    }
    List<Double> took = new ArrayList<>();
    long end = System.nanoTime() + each.toNanos();
    while (took.size() < LEAST_RUNS || System.nanoTime() < end) {
      took.add(millis(run));
    }
    return median(took);
  }

  private static double encode(ServingModel model, ByteBuffer rgb, BenchPictures pictures) {
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
}
