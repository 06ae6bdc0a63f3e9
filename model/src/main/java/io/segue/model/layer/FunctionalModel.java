package io.segue.model.layer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A network that branches, described before it is built, because the keys of its weights depend on
 * its whole shape: Keras numbers the layers of a functional model by their depth from the outputs,
 * descending, and layers of one depth in the order in which a depth-first walk from the outputs
 * meets them ({@code layer_with_weights-N} counts those with weights).
 */
public final class FunctionalModel {
  /** What one layer does: {@code key} is its place for weights. */
  @FunctionalInterface
  public interface Layer {
    /** Builds the layer on its inputs. */
    Operand<TFloat32> build(Layers layers, String key, List<Operand<TFloat32>> inputs);
  }

  /** One layer, or a chain of layers without weights. */
  public static final class Node {
    private final String input;
    private final int length;
    private final boolean weighted;
    private final int channels;
    private final Layer layer;
    private final List<Node> inputs;

    private Node(
        String input, int length, boolean weighted, int channels, Layer layer, List<Node> inputs) {
      this.input = input;
      this.length = length;
      this.weighted = weighted;
      this.channels = channels;
      this.layer = layer;
      this.inputs = List.copyOf(inputs);
    }

    /** Channels of the node's map. */
    public int channels() {
      return channels;
    }

    /** A layer with weights on this one, giving {@code filters} channels. */
    public Node weighted(int filters, Layer then) {
      return new Node("", 1, true, filters, then, List.of(this));
    }

    /** A chain of {@code length} Keras layers without weights on this one. */
    public Node plain(int length, Layer then) {
      return new Node("", length, false, channels, then, List.of(this));
    }
  }

  private final SortedMap<String, Node> outputs;
  private final Map<Node, Integer> met = new LinkedHashMap<>();
  private final List<Node> finished = new ArrayList<>();

  /** The network that ends in {@code outputs}. */
  public FunctionalModel(SortedMap<String, Node> outputs) {
    this.outputs = outputs;
    outputs.values().forEach(this::walk);
  }

  /** An input with a name and a number of channels. */
  public static Node input(String name, int channels) {
    return new Node(
        name,
        1,
        false,
        channels,
        (layers, key, none) -> {
          throw new IllegalStateException("input '" + name + "' is not built");
        },
        List.of());
  }

  /** A layer without weights on several nodes, giving {@code channels} channels. */
  public static Node merge(int channels, Layer layer, List<Node> inputs) {
    return new Node("", 1, false, channels, layer, inputs);
  }

  private void walk(Node node) {
    if (met.containsKey(node)) {
      return;
    }
    met.put(node, met.size());
    node.inputs.forEach(this::walk);
    finished.add(node);
  }

  /** Nodes with weights, in the order of their numbers. */
  private List<Node> numbered() {
    Map<Node, Integer> depths = new HashMap<>();
    for (int i = finished.size() - 1; i >= 0; i--) {
      Node node = finished.get(i);
      int depth = depths.getOrDefault(node, 0) + node.length - 1;
      depths.put(node, depth);
      for (Node input : node.inputs) {
        depths.merge(input, depth + 1, Math::max);
      }
    }
    return finished.stream()
        .filter(node -> node.weighted)
        .sorted(
            Comparator.comparing((Node node) -> -depths.getOrDefault(node, 0))
                .thenComparing(node -> met.getOrDefault(node, 0)))
        .toList();
  }

  /** Builds the network; its weights lie below {@code key}. */
  public Map<String, Operand<TFloat32>> build(Layers layers, String key, FeatureMaps inputs) {
    Map<Node, String> keys = new HashMap<>();
    List<Node> numbered = numbered();
    for (int i = 0; i < numbered.size(); i++) {
      keys.put(numbered.get(i), key + "/layer_with_weights-" + i);
    }
    Map<Node, Operand<TFloat32>> built = new HashMap<>();
    for (Node node : finished) {
      built.put(
          node,
          node.inputs.isEmpty()
              ? inputs.get(node.input)
              : node.layer.build(
                  layers,
                  keys.getOrDefault(node, key),
                  node.inputs.stream().map(it -> of(built, it)).toList()));
    }
    Map<String, Operand<TFloat32>> results = new LinkedHashMap<>();
    outputs.forEach((name, node) -> results.put(name, of(built, node)));
    return results;
  }

  private static Operand<TFloat32> of(Map<Node, Operand<TFloat32>> built, Node node) {
    Operand<TFloat32> operand = built.get(node);
    if (operand == null) {
      throw new IllegalStateException("a layer is built before its input");
    }
    return operand;
  }
}
