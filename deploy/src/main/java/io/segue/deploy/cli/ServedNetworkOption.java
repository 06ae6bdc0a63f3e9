package io.segue.deploy.cli;

import io.segue.deploy.bench.bare.BenchNetwork;
import picocli.CommandLine.Option;

/** Which network a benchmark of the whole job serves. */
final class ServedNetworkOption {
  @Option(
      names = "--network",
      paramLabel = "NAME",
      defaultValue = "MOBILENET_V2",
      description = "Network to serve, of ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private BenchNetwork network = BenchNetwork.MOBILENET_V2;

  BenchNetwork network() {
    return network;
  }
}
