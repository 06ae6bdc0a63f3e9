package io.segue.model.serve;

import io.segue.tests.jmh.Street;
import java.util.List;
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

/** Masks of 480×360 pixels out of logits of a quarter of that; microseconds a frame. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class LogitsUpsamplingBenchmark {
  private final LogitsUpsampling.Branch branch =
      new LogitsUpsampling.Branch(
          Street.logits(0), Street.HEIGHT / Street.STRIDE, Street.WIDTH / Street.STRIDE);
  private final LogitsUpsampling.Branch coarse =
      new LogitsUpsampling.Branch(Street.logits(1), 60, 80);
  private final List<LogitsUpsampling.Branch> one = List.of(branch);
  private final List<LogitsUpsampling.Branch> four = List.of(branch, branch, coarse, coarse);
  private final LogitsUpsampling upsampling =
      new LogitsUpsampling(1, Street.HEIGHT, Street.WIDTH, Street.CLASSES);

  @Benchmark
  public Segmentation masksOfOneBranch() {
    return upsampling.masks(one);
  }

  @Benchmark
  public Segmentation masksOfTwoScalesWithFlip() {
    return upsampling.masks(four);
  }
}
