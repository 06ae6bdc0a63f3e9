package io.segue.deploy.cli;

import io.segue.deploy.bench.bare.InputBench;
import io.segue.deploy.bench.bare.ScratchDirectory;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "input",
    description =
        "Images a second that the training input reads from TFRecords, decodes and augments,"
            + " without a training step beside it.",
    mixinStandardHelpOptions = true)
final class BenchInputCommand implements Callable<Integer> {
  @Mixin private BenchPicturesOption pictures;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Threads that decode and augment (${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
      description = "Length of the measurement (${DEFAULT-VALUE}).")
  private int seconds;

  @Mixin private Console console;

  @Override
  public Integer call() throws Exception {
    try (ScratchDirectory scratch = new ScratchDirectory()) {
      InputBench bench = new InputBench(pictures.data(), threads, Duration.ofSeconds(seconds));
      console.result(bench.run(scratch.path()));
    }
    return ExitCode.OK;
  }
}
