package io.segue.tests.jmh;

import io.segue.model.metric.ConfusionMatrix;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Counting one mask's pixels by true and predicted class; microseconds a mask. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class MetricBenchmark {
  private final ConfusionMatrix matrix = new ConfusionMatrix(Street.CLASSES);
  private final ByteBuffer truth = ByteBuffer.wrap(Street.indices(0));
  private final ByteBuffer prediction = ByteBuffer.wrap(Street.indices(1));
  private final ByteBuffer readOnly = prediction.asReadOnlyBuffer();

  @Benchmark
  public ConfusionMatrix countsPixels() {
    matrix.add(truth, prediction, 255);
    return matrix;
  }

  @Benchmark
  public ConfusionMatrix countsPixelsOfAReadOnlyView() {
    matrix.add(truth, readOnly, 255);
    return matrix;
  }
}
