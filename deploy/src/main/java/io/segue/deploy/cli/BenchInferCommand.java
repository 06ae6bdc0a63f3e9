package io.segue.deploy.cli;

import io.segue.deploy.bench.bare.InferBench;
import io.segue.deploy.bench.bare.ScratchDirectory;
import io.segue.model.serve.openvino.OpenVino;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

@Command(
    name = "infer",
    description = {
      "Frames a second through Segue's serving model, through a bare session on the same graph, and"
          + " through the exported SavedModel as it comes; through OpenVINO too where"
          + " SEGUE_OPENVINO names its folder.",
      "Takes some minutes. Medians of rounds in turn, at the fastest batch size of 1, 2, 4 and 8."
    },
    mixinStandardHelpOptions = true)
final class BenchInferCommand implements Callable<Integer> {
  @Mixin private BenchNetworkOptions networks;
  @Mixin private Console console;

  @Override
  public Integer call() throws Exception {
    try (ScratchDirectory scratch = new ScratchDirectory()) {
      InferBench bench = new InferBench(networks.options(), console.progress()::println);
      List<String> notMeasured =
          OpenVino.find("").isPresent() ? List.of() : List.of("openvinoFramesPerSecond");
      console.result(Map.of("rows", bench.run(scratch.path()), "notMeasured", notMeasured));
    }
    return ExitCode.OK;
  }
}
