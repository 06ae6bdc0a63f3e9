package io.segue.deploy.cli;

import io.segue.model.config.ModelSpec;
import io.segue.model.serve.ExportOptions;
import io.segue.model.serve.ExportOptions.InputType;
import io.segue.model.serve.ModelDirectory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    description = "Writes a model as a SavedModel with the Model Garden's layout and signature.",
    mixinStandardHelpOptions = true)
final class ModelExportCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "A model that Segue wrote.")
  private Path model;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where the SavedModel and params.yaml are written.")
  private Path out;

  @Option(
      names = "--input-type",
      paramLabel = "TYPE",
      defaultValue = "image_tensor",
      description =
          "image_tensor, image_bytes, tf_example or tflite, as the reference names them"
              + " (${DEFAULT-VALUE}).")
  private String inputType;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Frames a call; any number where not given. Encoded images need it.")
  private Optional<Integer> batchSize = Optional.empty();

  @Option(
      names = "--rescale-output",
      description = "Logits at the size of the image; needs --batch-size 1.")
  private boolean rescaleOutput;

  @Option(
      names = "--preserve-aspect-ratio",
      description =
          "Scale images alike in both directions and pad them below and on the right, as the"
              + " reference does by default, instead of stretching them as Segue's serving does.")
  private boolean preserveAspectRatio;

  @Mixin private Console console;

  @Override
  public Integer call() {
    ExportOptions options =
        new ExportOptions(
            InputType.named(inputType), batchSize, rescaleOutput, preserveAspectRatio);
    ModelSpec spec = ModelDirectory.readSpec(model);
    ModelDirectory.export(out, spec, ModelDirectory.readWeights(model, spec), options);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("savedModel", out.toString());
    result.put("inputType", options.inputType().key());
    console.result(result);
    return ExitCode.OK;
  }
}
