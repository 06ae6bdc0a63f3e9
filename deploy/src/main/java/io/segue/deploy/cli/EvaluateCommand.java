package io.segue.deploy.cli;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.evaluate.FullEvaluation;
import io.segue.model.experiment.Sources;
import io.segue.model.serve.ModelDirectory;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description = {
      "Scores a model on labelled images with every metric.",
      "Each image is brought to the model's input size and its mask back to the image's own, unless"
          + " --labels-at-input-size is given."
    },
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A model directory.")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "PATH",
      description =
          "TFRecord files, folders with frames/ and labels/, patterns, separated by commas.")
  private String data;

  @Option(
      names = "--labels-at-input-size",
      description =
          "Shrink the labels to the input size instead, as the Model Garden's validation does.")
  private boolean atInputSize;

  @Option(
      names = "--input-size",
      paramLabel = "HxW",
      description = "Input size in place of the model's own, such as 240x320.")
  private Optional<String> inputSize = Optional.empty();

  @Mixin private PlanOptions plan;

  @Mixin private Console console;

  @Override
  public Integer call() {
    FullEvaluation evaluation = new FullEvaluation(Sources.inOrder(data));
    ModelSpec spec = InputSize.applied(inputSize, ModelDirectory.readSpec(model));
    if (atInputSize) {
      if (!plan.plan().equals(Plan.SINGLE)) {
        throw new CommandFailedException(
            "--labels-at-input-size scores the plain input; leave out --scales and --flip");
      }
      console.result(
          evaluation.atInputSize(spec, ModelDirectory.readWeights(model, spec)).values());
      return ExitCode.OK;
    }
    try (ServingModel serving = ServingModels.of(spec, ModelDirectory.readWeights(model, spec))) {
      console.result(evaluation.atImageSize(serving, plan.plan()).values());
      return ExitCode.OK;
    }
  }
}
