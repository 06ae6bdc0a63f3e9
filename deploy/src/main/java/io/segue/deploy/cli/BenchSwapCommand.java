package io.segue.deploy.cli;

import io.segue.deploy.bench.SwapBench;
import io.segue.deploy.bench.SwapOptions;
import io.segue.deploy.bench.SwapReport;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "swap",
    description = {
      "Replaces the live version under steady load, between topics of a broker in this process.",
      "Exits with 1 if a frame was lost, repeated, out of order or served by another version than"
          + " its mask names."
    },
    mixinStandardHelpOptions = true)
final class BenchSwapCommand implements Callable<Integer> {
  @Option(
      names = "--swaps",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Swaps, each to a version of its own with one of two sets of weights in turn; all are"
              + " published beforehand, on the temporary folder's disk (${DEFAULT-VALUE}).")
  private int swaps;

  @Option(
      names = "--interval",
      paramLabel = "MS",
      defaultValue = "4000",
      description = "Milliseconds from one announcement to the next (${DEFAULT-VALUE}).")
  private long intervalMillis;

  @Option(
      names = "--load",
      paramLabel = "SHARE",
      defaultValue = "0.7",
      description = "Share of the measured capacity at which frames come (${DEFAULT-VALUE}).")
  private double load;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "8000",
      description =
          "Frames that pass through the job without a network before anything is measured, so that"
              + " its code is compiled (${DEFAULT-VALUE}).")
  private int warmUpFrames;

  @Option(
      names = "--run-in",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Swaps before those that count, at most; five suffice where the JVM's compilers have come"
              + " to rest by then (${DEFAULT-VALUE}).")
  private int maxRunIn;

  @Mixin private ServedNetworkOption served;
  @Mixin private Console console;

  @Override
  public Integer call() throws Exception {
    SwapOptions options =
        new SwapOptions(
            swaps,
            Duration.ofMillis(intervalMillis),
            load,
            warmUpFrames,
            maxRunIn,
            served.network());
    SwapReport report;
    try (TerminalProgress progress = new TerminalProgress(console)) {
      report = new SwapBench(options, progress::status).run();
    }
    console.result(report.values());
    if (!report.isClean()) {
      throw new CommandFailedException("frames were lost, repeated, out of order or mixed up");
    }
    return ExitCode.OK;
  }
}
