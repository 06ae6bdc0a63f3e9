package io.segue.tests.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.bench.SwapBench;
import io.segue.deploy.bench.SwapOptions;
import io.segue.deploy.bench.SwapReport;
import io.segue.deploy.bench.bare.BenchNetwork;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The swap measurement in its short form, with a small network: times are printed and not judged,
 * for a build machine has others to serve.
 */
class SwapBenchITCase {

  @Test
  void nothingIsLostRepeatedReorderedOrMixedWhileVersionsAreReplacedUnderLoad() throws Exception {
    SwapOptions options =
        new SwapOptions(6, Duration.ofMillis(2_200), 0.5, 100, 2, BenchNetwork.SMALL);

    SwapReport report = new SwapBench(options, phase -> {}).run();

    System.out.println("swap bench, small: " + report.values());
    assertThat(report.isClean()).as("%s", report.audit()).isTrue();
    assertThat(report.values().get("swaps")).isEqualTo(6);
    assertThat(report.publishToLiveMillis()).hasSize(6);
  }
}
