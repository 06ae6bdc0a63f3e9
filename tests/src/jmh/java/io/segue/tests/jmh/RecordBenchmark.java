package io.segue.tests.jmh;

import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.Mask;
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

/** Mask records to bytes and back; microseconds a record. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class RecordBenchmark {
  private final Mask mask = Street.mask(0);
  private final byte[] encoded = AvroCodec.encode(mask);

  @Benchmark
  public byte[] encodesARecord() {
    return AvroCodec.encode(mask);
  }

  @Benchmark
  public Mask decodesARecord() {
    return AvroCodec.decode(encoded, Mask.class);
  }
}
