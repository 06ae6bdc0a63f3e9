package io.segue.deploy.bench;

import io.segue.deploy.bench.bare.BenchNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is measured.
 *
 * @param warmUps passes at most before the first round; none has the first rounds pay for the JVM's
 *     compiling
 * @param rounds in which all is measured side by side, at least 1
 * @param seconds that each part takes, at least 5
 * @param parallelism of the job, one run each; the first one's figures stand for the whole
 * @param overload whether three times the capacity is sent under each overload policy
 * @param python interpreter that runs the loops that a user would write instead; none leaves them
 *     out
 * @param baselines folder of those loops
 * @param network that is served, on frames of its size
 */
public record ServeOptions(
    int warmUps,
    int rounds,
    int seconds,
    List<Integer> parallelism,
    boolean overload,
    Optional<String> python,
    Path baselines,
    BenchNetwork network) {
  private static final int LEAST_SECONDS = 5;

  public ServeOptions {
    parallelism = List.copyOf(parallelism);
    if (warmUps < 0) {
      throw new IllegalArgumentException("--warm-ups %d; give 0 or more".formatted(warmUps));
    }
    if (rounds < 1) {
      throw new IllegalArgumentException("--rounds %d; at least 1 is needed".formatted(rounds));
    }
    if (seconds < LEAST_SECONDS) {
      throw new IllegalArgumentException(
          "--seconds %d; at least %d are needed".formatted(seconds, LEAST_SECONDS));
    }
    if (parallelism.isEmpty() || parallelism.stream().anyMatch(it -> it < 1)) {
      throw new IllegalArgumentException(
          "--parallelism %s; give one or more, each at least 1".formatted(parallelism));
    }
  }
}
