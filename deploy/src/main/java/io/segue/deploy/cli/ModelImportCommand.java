package io.segue.deploy.cli;

import io.segue.model.config.ModelSpec;
import io.segue.model.serve.ModelDirectory;
import io.segue.model.serve.ModelImport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "import",
    description = {
      "Makes a model of a checkpoint or SavedModel of the Model Garden.",
      "Where a weight of the chosen parts is missing or has another shape, every difference is"
          + " listed and nothing is written.",
      "Where the spec's network has backbone: {type: saved_model}, a SavedModel from elsewhere is"
          + " taken as it is."
    },
    mixinStandardHelpOptions = true)
final class ModelImportCommand implements Callable<Integer> {
  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      required = true,
      description = "Prefix of a checkpoint (without .index), or directory of a SavedModel.")
  private Path checkpoint;

  @Option(
      names = "--spec",
      paramLabel = "FILE",
      required = true,
      description =
          "YAML or JSON with name, network (the keys of task.model), input_height, input_width and"
              + " taxonomy; the spec.json of any model shows it.")
  private Path specFile;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where the model is written.")
  private Path out;

  @Option(
      names = "--parts",
      paramLabel = "PART",
      split = ",",
      description =
          "Parts to import, such as backbone,decoder (all); the others start from random weights.")
  private Set<String> parts = Set.of();

  @Option(
      names = "--averages",
      description = "Take the moving averages of the weights that have some.")
  private boolean averages;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the random weights (${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private Console console;

  @Override
  public Integer call() throws Exception {
    ModelSpec spec = ModelSpec.fromJson(Files.readString(specFile));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("model", out.toString());
    if (spec.runsAsItIs()) {
      adopt(spec);
      console.result(result);
      return ExitCode.OK;
    }
    ModelImport imported = ModelImport.read(checkpoint, spec, parts, averages, seed);
    ModelDirectory.write(out, spec, imported.weights());
    result.put("imported", imported.imported().size());
    result.put("fresh", imported.fresh());
    result.put("unread", imported.unread());
    console.result(result);
    return ExitCode.OK;
  }

  private void adopt(ModelSpec spec) {
    if (!parts.isEmpty() || averages) {
      throw new CommandFailedException(
          "--parts and --averages choose among weights; a network of type saved_model keeps all of its own: leave them out");
    }
    ModelDirectory.adopt(out, spec, checkpoint);
  }
}
