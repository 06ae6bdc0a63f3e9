package io.segue.model.serve;

import io.segue.model.checkpoint.CheckpointException;
import io.segue.model.checkpoint.CheckpointFile;
import io.segue.model.checkpoint.CheckpointWriter;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.network.SegmentationModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model on disk: {@code saved_model.pb}, {@code variables/variables.{index,data-00000-of-00001}}
 * and {@code spec.json}. TensorFlow of any language loads it as a SavedModel with the signature of
 * the Model Garden's exporter; the variables are at the same time a checkpoint that {@link
 * CheckpointFile} and the Model Garden's importer read.
 */
public final class ModelDirectory {
  private static final String SPEC = "spec.json";
  private static final String VARIABLES = "variables/variables";

  private ModelDirectory() {}

  /**
   * Writes a complete model: variables first, then the graph, the spec last.
   *
   * @param directory made if absent
   * @throws CheckpointException if {@code weights} lack one of the network's
   */
  public static void write(Path directory, ModelSpec spec, Weights weights) {
    try {
      Path variables = directory.resolve(VARIABLES);
      Files.createDirectories(variables.getParent());
      SavedModelGraph graph = SavedModelGraph.of(spec);
      CheckpointWriter.write(variables, weights.only(graph.weights()));
      Files.write(directory.resolve("saved_model.pb"), graph.toSavedModel().toByteArray());
      Files.writeString(directory.resolve(SPEC), spec.toJson());
    } catch (IOException e) {
      throw new UncheckedIOException("model directory '" + directory + "' cannot be written", e);
    }
  }

  /**
   * Reads the spec of a model.
   *
   * @throws CheckpointException if there is none
   */
  public static ModelSpec readSpec(Path directory) {
    Path file = directory.resolve(SPEC);
    try {
      return ModelSpec.fromJson(Files.readString(file));
    } catch (IOException e) {
      throw new CheckpointException(
          "model directory '%s' has no readable %s".formatted(directory, SPEC), e);
    }
  }

  /**
   * Reads the weights that the spec's network needs.
   *
   * @throws CheckpointException with every difference, if they do not fit
   */
  public static Weights readWeights(Path directory, ModelSpec spec) {
    return CheckpointFile.open(directory.resolve(VARIABLES))
        .read(SegmentationModel.of(spec.network()).weights(spec.inputHeight(), spec.inputWidth()));
  }
}
