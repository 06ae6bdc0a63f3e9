package io.segue.tests.jmh;

import io.segue.connectors.image.CocoRuns;
import io.segue.connectors.image.DecodedMask;
import io.segue.connectors.image.ImageDecoder;
import io.segue.connectors.image.ImageHeader;
import io.segue.connectors.image.MaskCodec;
import java.nio.ByteBuffer;
import java.util.Map;
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

/**
 * Pixels out of a JPEG into a batch's buffer, and masks to PNGs or COCO's runs and back;
 * microseconds a frame.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class ImageBenchmark {
  private final ByteBuffer jpeg = ByteBuffer.wrap(Street.jpeg());
  private final ByteBuffer pixels = ByteBuffer.allocateDirect(3 * Street.WIDTH * Street.HEIGHT);
  private final ByteBuffer indices = ByteBuffer.wrap(Street.indices(0));
  private final byte[] png = Street.png(0);
  private final DecodedMask mask = new DecodedMask(Street.WIDTH, Street.HEIGHT, Street.indices(0));
  private final Map<Integer, String> runs = CocoRuns.encode(mask);

  @Benchmark
  public ImageHeader decodesAFrame() {
    return ImageDecoder.decodeRgb(jpeg, pixels);
  }

  @Benchmark
  public byte[] encodesAMask() {
    return MaskCodec.encode(indices, Street.WIDTH, Street.HEIGHT, Street.TAXONOMY);
  }

  @Benchmark
  public DecodedMask decodesAMask() {
    return MaskCodec.decode(png);
  }

  @Benchmark
  public Map<Integer, String> encodesRuns() {
    return CocoRuns.encode(mask);
  }

  @Benchmark
  public DecodedMask decodesRuns() {
    return CocoRuns.decode(runs, Street.WIDTH, Street.HEIGHT, Street.TAXONOMY.ignoreValue());
  }
}
