package io.segue.deploy.cli;

import io.segue.deploy.bench.bare.BenchNetwork;
import io.segue.deploy.bench.bare.BenchOptions;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the benchmarks of networks have in common. */
final class BenchNetworkOptions {
  @Mixin private BenchPicturesOption pictures;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "MOBILENET_V2,RESNET_50",
      description = "Networks to measure, of ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private List<BenchNetwork> networks = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds of each contender, of which the median counts (${DEFAULT-VALUE}).")
  private int rounds;

  BenchOptions options() {
    return new BenchOptions(pictures.data(), networks, rounds);
  }
}
