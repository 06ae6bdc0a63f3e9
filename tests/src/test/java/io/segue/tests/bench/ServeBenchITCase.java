package io.segue.tests.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.bench.ServeBench;
import io.segue.deploy.bench.ServeOptions;
import io.segue.deploy.bench.bare.BenchNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The serving measurement in its short form, with a small network: that each figure is there. */
class ServeBenchITCase {

  @Test
  void measuresThroughputLatencyAndOverhead() throws Exception {
    ServeOptions options =
        new ServeOptions(
            1, 1, 5, List.of(2), false, Optional.empty(), Path.of("none"), BenchNetwork.SMALL);

    Map<String, Object> values = new ServeBench(options, phase -> {}, failure -> {}).run().values();

    System.out.println("serve bench, small: " + values);
    assertThat(values)
        .containsKeys(
            "framesPerSecond",
            "ratioToBare",
            "latencyMsP99",
            "committedLatencyMsP99",
            "parallelism")
        .containsEntry(
            "notMeasured",
            List.of("pythonFramesPerSecond", "pythonOpenvinoFramesPerSecond", "overload"));
    assertThat((double) values.get("framesPerSecond")).isPositive();
  }
}
