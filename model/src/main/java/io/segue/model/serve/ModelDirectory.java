package io.segue.model.serve;

import io.segue.model.checkpoint.CheckpointException;
import io.segue.model.checkpoint.CheckpointFile;
import io.segue.model.checkpoint.CheckpointWriter;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ConfigReader;
import io.segue.model.config.ModelSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/**
 * A model on disk: {@code saved_model.pb}, {@code variables/variables.{index,data-00000-of-00001}}
 * and {@code spec.json}. TensorFlow of any language loads it as a SavedModel with the signature of
 * the Model Garden's exporter; the variables are at the same time a checkpoint that {@link
 * CheckpointFile} and the Model Garden's importer read.
 *
 * <p>A SavedModel from elsewhere that runs as it is lies there with all of its own files, and a
 * spec that says so.
 */
public final class ModelDirectory {
  private static final String SPEC = "spec.json";
  private static final String GRAPH = "saved_model.pb";
  private static final String VARIABLES = "variables/variables";

  private ModelDirectory() {}

  /**
   * Writes a complete model: variables first, then the graph, the spec last.
   *
   * @param directory made if absent
   * @throws CheckpointException if {@code weights} lack one of the network's
   */
  public static void write(Path directory, ModelSpec spec, Weights weights) {
    write(directory, spec, weights, ExportOptions.DEFAULT);
  }

  /**
   * Writes a model for others: as {@link #write(Path, ModelSpec, Weights)}, with another input, and
   * {@code params.yaml} with the network's configuration under the reference's keys.
   *
   * @param directory made if absent
   * @throws CheckpointException if {@code weights} lack one of the network's
   */
  public static void export(
      Path directory, ModelSpec spec, Weights weights, ExportOptions options) {
    write(directory, spec, weights, options);
    String params =
        "task: {model: %s, train_data: {preserve_aspect_ratio: %s}, export_config: {rescale_output: %s}}%n"
            .formatted(
                ConfigReader.write(spec.network()).strip(),
                options.preserveAspectRatio(),
                options.rescaleOutput());
    try {
      Files.writeString(directory.resolve("params.yaml"), params);
    } catch (IOException e) {
      throw new UncheckedIOException("model directory '" + directory + "' cannot be written", e);
    }
  }

  /**
   * Makes a model of a SavedModel from elsewhere, to be run as it is: copies all of its files, and
   * writes the spec last.
   *
   * @param directory made if absent
   * @param spec that {@linkplain ModelSpec#runsAsItIs runs as it is}
   * @throws CheckpointException if there is no SavedModel, or its signature cannot be served with
   *     the spec's taxonomy
   */
  public static void adopt(Path directory, ModelSpec spec, Path savedModel) {
    new SavedModelServing(savedModel, spec).close();
    try (Stream<Path> files = Files.walk(savedModel)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = directory.resolve(savedModel.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.writeString(directory.resolve(SPEC), spec.toJson());
    } catch (IOException e) {
      throw new UncheckedIOException("model directory '" + directory + "' cannot be written", e);
    }
  }

  private static void write(
      Path directory, ModelSpec spec, Weights weights, ExportOptions options) {
    try {
      Path variables = directory.resolve(VARIABLES);
      Files.createDirectories(variables.getParent());
      SavedModelGraph graph = SavedModelGraph.of(spec, options);
      CheckpointWriter.write(variables, weights.only(graph.weights()));
      Files.write(directory.resolve(GRAPH), graph.toSavedModel().toByteArray());
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
    return CheckpointFile.open(directory.resolve(VARIABLES)).read(NetworkWeights.of(spec));
  }

  /** Whether Segue wrote it: it says from what it was built. */
  public static boolean hasSpec(Path directory) {
    return Files.isRegularFile(directory.resolve(SPEC));
  }

  /**
   * The signatures that the SavedModel offers, by name.
   *
   * @throws CheckpointException if there is no readable SavedModel
   */
  public static Map<String, SignatureDef> signatures(Path directory) {
    Path file = directory.resolve(GRAPH);
    try {
      SavedModel saved = SavedModel.parseFrom(Files.readAllBytes(file));
      Map<String, SignatureDef> signatures = new TreeMap<>();
      saved.getMetaGraphsList().forEach(it -> signatures.putAll(it.getSignatureDefMap()));
      signatures.keySet().removeIf(it -> it.startsWith("__saved_model"));
      return signatures;
    } catch (IOException e) {
      throw new CheckpointException(
          "'%s' is no SavedModel: %s cannot be read".formatted(directory, GRAPH), e);
    }
  }

  /** The variables of the SavedModel. */
  public static CheckpointFile variables(Path directory) {
    return CheckpointFile.open(directory.resolve(VARIABLES));
  }
}
