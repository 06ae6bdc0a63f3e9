package io.segue.deploy.bench.bare;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is measured.
 *
 * @param data a labelled folder; synthetic streets where absent
 * @param networks one row each
 * @param rounds of each contender, 1 or more
 */
public record BenchOptions(Optional<Path> data, List<BenchNetwork> networks, int rounds) {

  /** Checks the ranges. */
  public BenchOptions {
    networks = List.copyOf(networks);
    if (rounds < 1 || networks.isEmpty()) {
      throw new IllegalArgumentException(
          "%d rounds of %d networks; both must be 1 or more".formatted(rounds, networks.size()));
    }
  }
}
