package io.segue.deploy.cli;

import io.segue.deploy.bench.bare.ScratchDirectory;
import io.segue.deploy.bench.bare.TrainBench;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

@Command(
    name = "train",
    description = {
      "Frames a second through Segue's trainer with its input pipeline, and through a bare session"
          + " on the same training graph with batches made beforehand.",
      "Takes some minutes. Medians of rounds in turn, at the fastest batch size of 1, 2, 4 and 8."
    },
    mixinStandardHelpOptions = true)
final class BenchTrainCommand implements Callable<Integer> {
  @Mixin private BenchNetworkOptions networks;
  @Mixin private Console console;

  @Override
  public Integer call() throws Exception {
    try (ScratchDirectory scratch = new ScratchDirectory()) {
      TrainBench bench = new TrainBench(networks.options(), console.progress()::println);
      console.result(Map.of("rows", bench.run(scratch.path())));
    }
    return ExitCode.OK;
  }
}
