package io.segue.deploy.cli;

import io.segue.deploy.bench.ServeBench;
import io.segue.deploy.bench.ServeOptions;
import io.segue.deploy.bench.ServeReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    description = {
      "Serves a network between topics of a broker in this process, exactly once, beside the bare"
          + " network.",
      "With SEGUE_PYTHON set to an interpreter, the loops that a user would write in Python run"
          + " beside it."
    },
    mixinStandardHelpOptions = true)
final class BenchServeCommand implements Callable<Integer> {
  @Option(
      names = "--warm-ups",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "Passes at most before the first round, until the JVM has compiled what it runs"
              + " (${DEFAULT-VALUE}).")
  private int warmUps;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Rounds in which all but an overload is measured side by side (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "How long each part takes (${DEFAULT-VALUE}); an overload takes three times that.")
  private int seconds;

  @Option(
      names = "--parallelism",
      paramLabel = "P",
      split = ",",
      defaultValue = "2,1,4",
      description =
          "A run of each; the first one's figures stand for the whole (${DEFAULT-VALUE}).")
  private List<Integer> parallelism = List.of();

  @Option(
      names = "--overload",
      description = "Also send three times the capacity under each overload policy.")
  private boolean overload;

  @Option(
      names = "--baselines",
      paramLabel = "DIR",
      defaultValue = "tests/baselines",
      description = "Where the Python loops are (${DEFAULT-VALUE}).")
  private Path baselines = Path.of("tests/baselines");

  @Mixin private ServedNetworkOption served;
  @Mixin private Console console;

  @Override
  public Integer call() throws Exception {
    Optional<String> python =
        Optional.ofNullable(System.getenv("SEGUE_PYTHON")).filter(it -> !it.isBlank());
    ServeOptions options =
        new ServeOptions(
            warmUps, rounds, seconds, parallelism, overload, python, baselines, served.network());
    ServeReport report;
    try (TerminalProgress progress = new TerminalProgress(console)) {
      report = new ServeBench(options, progress::status, this::failed).run();
    }
    console.result(report.values());
    return ExitCode.OK;
  }

  private void failed(String why) {
    console.progress().println("segue: " + why);
    console.progress().flush();
  }
}
