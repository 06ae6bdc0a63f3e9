package io.segue.operators.resequence;

import io.segue.schemas.avro.Mask;
import io.segue.tests.jmh.Street;
import java.util.Optional;
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

/** What measuring flicker costs on the way to the sink; microseconds a mask. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class FlickerBenchmark {
  private final Flicker flicker = new Flicker();
  private final Mask[] masks = {Street.mask(0), Street.mask(1)};
  private int next;

  @Benchmark
  public Optional<Float> changedShare() {
    Mask before = masks[next & 1];
    return flicker.changedShare(before.getPayload(), masks[++next & 1]);
  }
}
