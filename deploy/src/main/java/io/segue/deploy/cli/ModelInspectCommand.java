package io.segue.deploy.cli;

import io.segue.model.checkpoint.CheckpointFile;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.serve.ModelDirectory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = {
      "Prints network, classes, variables and signatures of a model or SavedModel.",
      "A SavedModel from elsewhere has neither network nor classes to print."
    },
    mixinStandardHelpOptions = true)
final class ModelInspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Directory with saved_model.pb.")
  private Path directory;

  @Mixin private Console console;

  @Override
  public Integer call() {
    Map<String, Object> result = new LinkedHashMap<>();
    if (ModelDirectory.hasSpec(directory)) {
      describe(ModelDirectory.readSpec(directory), result);
    }
    Map<String, List<Long>> variables = variables(ModelDirectory.variables(directory));
    result.put(
        "parameters",
        variables.values().stream()
            .mapToLong(
                shape -> shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b))
            .sum());
    result.put("variables", variables);
    Map<String, Object> signatures = new TreeMap<>();
    ModelDirectory.signatures(directory)
        .forEach((name, signature) -> signatures.put(name, signature(signature)));
    result.put("signatures", signatures);
    console.result(result);
    return ExitCode.OK;
  }

  private static void describe(ModelSpec spec, Map<String, Object> result) {
    result.put("name", spec.name());
    result.put("inputHeight", spec.inputHeight());
    result.put("inputWidth", spec.inputWidth());
    result.put("backbone", spec.network().backbone().type());
    result.put("decoder", spec.network().decoder().type());
    result.put(
        "taxonomy",
        Map.of(
            "id",
            spec.taxonomy().id(),
            "version",
            spec.taxonomy().version(),
            "classes",
            spec.taxonomy().classes().stream().map(TaxonomyClass::name).toList()));
  }

  /** Shapes of the stored float32 weights. */
  private static Map<String, List<Long>> variables(CheckpointFile checkpoint) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    for (String key : checkpoint.unread(List.of())) {
      CheckpointFile.Entry entry = checkpoint.entries().get(key);
      if (entry != null && entry.type() == DataType.DT_FLOAT) {
        List<Long> shape = Arrays.stream(entry.shape().asArray()).boxed().toList();
        shapes.put(key.replace("/.ATTRIBUTES/VARIABLE_VALUE", ""), shape);
      }
    }
    return shapes;
  }

  private static Map<String, Object> signature(SignatureDef signature) {
    return Map.of(
        "inputs", tensors(signature.getInputsMap()),
        "outputs", tensors(signature.getOutputsMap()));
  }

  private static Map<String, Object> tensors(Map<String, TensorInfo> infos) {
    Map<String, Object> tensors = new TreeMap<>();
    infos.forEach(
        (name, info) ->
            tensors.put(
                name,
                Map.of(
                    "dtype",
                    info.getDtype().name(),
                    "shape",
                    info.getTensorShape().getDimList().stream()
                        .map(TensorShapeProto.Dim::getSize)
                        .toList())));
    return tensors;
  }
}
