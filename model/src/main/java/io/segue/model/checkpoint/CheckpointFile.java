package io.segue.model.checkpoint;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;

/**
 * A checkpoint of TensorFlow 2 ({@code <prefix>.index} and {@code <prefix>.data-…}), as the Model
 * Garden's trainer, its SavedModel export ({@code variables/variables}) and Segue write it.
 *
 * <p>Weights are found by walking the object graph along local names, never by matching key
 * strings: the same variable is stored under different keys depending on what was saved with it.
 */
public final class CheckpointFile {
  static final String OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";
  static final String VALUE = "VARIABLE_VALUE";
  private static final String AVERAGE = "average";
  private static final List<String> BOOKKEEPING =
      List.of(OBJECT_GRAPH, "optimizer/", "save_counter/", "global_step/");

  private final Path prefix;
  private final Map<String, Entry> entries;
  private final TrackableObjectGraph objects;

  private CheckpointFile(Path prefix, Map<String, Entry> entries, TrackableObjectGraph objects) {
    this.prefix = prefix;
    this.entries = Collections.unmodifiableMap(entries);
    this.objects = objects;
  }

  /**
   * A stored tensor.
   *
   * @param type its data type
   * @param shape its shape
   */
  public record Entry(DataType type, Shape shape) {}

  /**
   * Reads the list of tensors and the object graph.
   *
   * @param prefix the path without {@code .index}
   * @throws CheckpointException if there is none, or it has no object graph
   */
  public static CheckpointFile open(Path prefix) {
    if (!Files.exists(Path.of(prefix + ".index"))) {
      throw new CheckpointException(
          "there is no checkpoint '%s': %s.index is missing".formatted(prefix, prefix));
    }
    try (CheckpointReader reader = CheckpointReader.open(prefix)) {
      Map<String, Entry> entries = reader.entries();
      if (!entries.containsKey(OBJECT_GRAPH)) {
        throw new CheckpointException(
            "checkpoint '%s' has no object graph; it was not written by TensorFlow 2's"
                    .formatted(prefix)
                + " tf.train.Checkpoint");
      }
      byte[] objects = reader.text(OBJECT_GRAPH);
      return new CheckpointFile(prefix, entries, TrackableObjectGraph.parseFrom(objects));
    } catch (InvalidProtocolBufferException e) {
      throw new CheckpointException("checkpoint '" + prefix + "': object graph unreadable", e);
    }
  }

  /** All stored tensors by checkpoint key. */
  public Map<String, Entry> entries() {
    return entries;
  }

  /**
   * Reads the weights of a network, or of any part of it.
   *
   * @param wanted shapes by our keys, such as {@code backbone/layer_with_weights-0/kernel}; looked
   *     for below the root, then below its child {@code model}
   * @throws CheckpointException with every missing and every differently shaped weight
   */
  public Weights read(Map<String, Shape> wanted) {
    Map<String, String> keys = new LinkedHashMap<>();
    wanted.keySet().forEach(path -> node(path).ifPresent(it -> keys.put(path, valueKey(it))));
    return load(keys, wanted);
  }

  /**
   * As {@link #read}, with the exponential moving averages (slot {@code average}) that an optimiser
   * keeps of trained weights in their place; weights without one are read as they are.
   *
   * @throws CheckpointException with every missing and every differently shaped weight
   */
  public Weights readAverages(Map<String, Shape> wanted) {
    Map<Integer, Integer> averages = new HashMap<>();
    objects
        .getNodesList()
        .forEach(
            node ->
                node.getSlotVariablesList().stream()
                    .filter(slot -> slot.getSlotName().equals(AVERAGE))
                    .forEach(
                        slot ->
                            averages.put(
                                slot.getOriginalVariableNodeId(), slot.getSlotVariableNodeId())));
    Map<String, String> keys = new LinkedHashMap<>();
    wanted
        .keySet()
        .forEach(
            path ->
                node(path)
                    .ifPresent(it -> keys.put(path, valueKey(averages.getOrDefault(it, it)))));
    return load(keys, wanted);
  }

  /**
   * Keys of stored weights that none of these paths is read from; what an optimiser keeps and the
   * checkpoint's own counters are left out.
   *
   * @param paths as for {@link #read}
   */
  public List<String> unread(Collection<String> paths) {
    Set<String> read = new HashSet<>();
    paths.forEach(path -> node(path).ifPresent(it -> read.add(valueKey(it))));
    return entries.keySet().stream()
        .filter(key -> !read.contains(key) && !key.contains("/.OPTIMIZER_SLOT/"))
        .filter(key -> BOOKKEEPING.stream().noneMatch(key::startsWith))
        .toList();
  }

  private Weights load(Map<String, String> keys, Map<String, Shape> wanted) {
    List<String> differences = new ArrayList<>();
    wanted.forEach(
        (path, shape) -> {
          Entry entry = entries.get(keys.getOrDefault(path, ""));
          if (entry == null) {
            differences.add("%s: missing".formatted(path));
          } else if (entry.type() != DataType.DT_FLOAT) {
            differences.add("%s: is stored as %s, not DT_FLOAT".formatted(path, entry.type()));
          } else if (!entry.shape().equals(shape)) {
            differences.add(
                "%s: has shape %s, the network needs %s".formatted(path, entry.shape(), shape));
          }
        });
    if (!differences.isEmpty()) {
      throw new CheckpointException(
          "checkpoint '%s' does not fit the network, nothing was changed; %d of %d weights differ:%n  %s"
              .formatted(
                  prefix,
                  differences.size(),
                  wanted.size(),
                  String.join(System.lineSeparator() + "  ", differences)));
    }
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    try (CheckpointReader reader = CheckpointReader.open(prefix)) {
      wanted.forEach(
          (path, shape) ->
              tensors.put(
                  path, new Weights.Tensor(shape, reader.floats(keys.getOrDefault(path, "")))));
    }
    return Weights.of(tensors);
  }

  /** The variable at a path of local names, with a value: below the root, or below its model. */
  private Optional<Integer> node(String path) {
    String[] steps = path.split("/", -1);
    return follow(0, steps).or(() -> child(0, "model").flatMap(it -> follow(it, steps)));
  }

  private Optional<Integer> follow(int start, String[] steps) {
    int node = start;
    for (String step : steps) {
      Optional<Integer> next = child(node, step);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      node = next.get();
    }
    return valueKey(node).isEmpty() ? Optional.empty() : Optional.of(node);
  }

  /** The checkpoint key of a variable; empty for other nodes. */
  private String valueKey(int node) {
    return objects.getNodes(node).getAttributesList().stream()
        .filter(it -> it.getName().equals(VALUE))
        .map(it -> it.getCheckpointKey())
        .findFirst()
        .orElse("");
  }

  private Optional<Integer> child(int node, String name) {
    return objects.getNodes(node).getChildrenList().stream()
        .filter(it -> it.getLocalName().equals(name))
        .map(it -> it.getNodeId())
        .findFirst();
  }
}
