package io.segue.model.serve;

import io.segue.model.checkpoint.CheckpointFile;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ConfigException;
import io.segue.model.config.ModelSpec;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import io.segue.model.network.SegmentationModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Takes a network's weights, or those of some of its parts, from a checkpoint or SavedModel of the
 * Model Garden. All or nothing: where one weight of the chosen parts is missing or has another
 * shape, nothing is taken and the error lists every difference.
 *
 * @param weights all weights of the network
 * @param imported keys that come from the checkpoint
 * @param fresh keys outside the chosen parts, with initial values
 * @param unread keys that the checkpoint has and the network does not
 */
public record ModelImport(
    Weights weights, List<String> imported, List<String> fresh, List<String> unread) {

  public ModelImport {
    imported = List.copyOf(imported);
    fresh = List.copyOf(fresh);
    unread = List.copyOf(unread);
  }

  /**
   * Reads the weights.
   *
   * @param source prefix of a checkpoint, or directory of a SavedModel
   * @param spec the network
   * @param parts of it to import, such as {@code backbone}; empty: all
   * @param averages whether moving averages replace the weights that have some
   * @param seed of the weights that are not imported
   * @throws io.segue.model.checkpoint.CheckpointException with every difference
   * @throws ConfigException for a part that the network does not have
   */
  public static ModelImport read(
      Path source, ModelSpec spec, Set<String> parts, boolean averages, long seed) {
    Map<String, Shape> all =
        SegmentationModel.of(spec.network()).weights(spec.inputHeight(), spec.inputWidth());
    Map<String, Shape> wanted = wanted(all, parts);
    CheckpointFile checkpoint =
        Files.isRegularFile(source.resolve("saved_model.pb"))
            ? ModelDirectory.variables(source)
            : CheckpointFile.open(source);
    Weights read = averages ? checkpoint.readAverages(wanted) : checkpoint.read(wanted);
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    if (wanted.size() < all.size()) {
      tensors.putAll(initial(spec, seed).tensors());
    }
    tensors.putAll(read.tensors());
    return new ModelImport(
        Weights.of(tensors).only(all),
        List.copyOf(wanted.keySet()),
        all.keySet().stream().filter(it -> !wanted.containsKey(it)).toList(),
        checkpoint.unread(wanted.keySet()));
  }

  private static Map<String, Shape> wanted(Map<String, Shape> all, Set<String> parts) {
    Set<String> known = new TreeSet<>();
    all.keySet().forEach(key -> known.add(part(key)));
    for (String part : parts) {
      if (!known.contains(part)) {
        throw new ConfigException(
            "the network has no weights in a part '%s'; its parts are %s".formatted(part, known));
      }
    }
    Map<String, Shape> wanted = new LinkedHashMap<>(all);
    wanted.keySet().removeIf(key -> !parts.isEmpty() && !parts.contains(part(key)));
    return wanted;
  }

  private static String part(String key) {
    return key.substring(0, key.indexOf('/'));
  }

  private static Weights initial(ModelSpec spec, long seed) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf, seed);
      Shape image = Shape.of(1, spec.inputHeight(), spec.inputWidth(), 3);
      SegmentationModel.of(spec.network())
          .build(
              VariableLayers.evaluation(tf, store),
              tf.placeholder(TFloat32.class, Placeholder.shape(image)));
      try (Session session = new Session(graph)) {
        session.runner().addTarget(store.initializer()).run().close();
        return store.read(session);
      }
    }
  }
}
