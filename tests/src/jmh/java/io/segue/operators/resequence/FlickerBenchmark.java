package io.segue.operators.resequence;

import io.segue.schemas.avro.Mask;
import io.segue.schemas.flow.ReleaseStatus;
import io.segue.tests.jmh.Street;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What flicker and smoothing cost on the way to the sink; microseconds a mask. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class FlickerBenchmark {
  private static final int FRAMES = 400;

  private final Mask[] masks =
      IntStream.range(0, FRAMES).mapToObj(Street::mask).toArray(Mask[]::new);
  private RecentMasks recent = new RecentMasks();
  private Flicker flicker = new Flicker(recent, new UnregisteredMetricsGroup());
  private ReleaseStatus status = ReleaseStatus.newBuilder().setGeneration(1).build();
  private int next;

  /** Begins again with masks that nobody has decoded. */
  private Mask next() {
    if (next % FRAMES == 0) {
      recent = new RecentMasks();
      flicker = new Flicker(recent, new UnregisteredMetricsGroup());
      status =
          ReleaseStatus.newBuilder()
              .setGeneration(1)
              .setModel("road")
              .setVersion(1)
              .setLastMask(masks[0].getPayload())
              .build();
    }
    return masks[next++ % FRAMES];
  }

  @Benchmark
  public Mask measured() {
    Mask mask = next();
    Mask measured = flicker.measured(status.getLastMask(), mask);
    status.setLastMask(mask.getPayload());
    return measured;
  }

  @Benchmark
  public Mask smoothedAndMeasured() {
    Mask mask = new Smoothing(recent).smoothed(3, next(), status);
    Mask measured = flicker.measured(status.getLastMask(), mask);
    status.setLastMask(mask.getPayload());
    return measured;
  }
}
