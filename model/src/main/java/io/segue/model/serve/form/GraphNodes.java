package io.segue.model.serve.form;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** The nodes of a graph that is being rewritten, with who reads what of whom. */
public final class GraphNodes {
  private final GraphDef origin;
  private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
  private final Map<String, List<String>> readers = new HashMap<>();

  GraphNodes(GraphDef origin) {
    this.origin = origin;
    origin.getNodeList().forEach(this::put);
  }

  /**
   * A graph with these nodes and all that they read from, in the old order.
   *
   * @param names of nodes of {@code graph}
   */
  public static GraphDef neededFor(GraphDef graph, Collection<String> names) {
    GraphNodes nodes = new GraphNodes(graph);
    nodes.nodes.keySet().retainAll(nodes.ancestors(names));
    return nodes.toGraphDef();
  }

  /** The name of the node that an input comes from. */
  static String producer(String input) {
    int output = input.indexOf(':');
    return input.substring(input.startsWith("^") ? 1 : 0, output < 0 ? input.length() : output);
  }

  /** All nodes now, in the order in which they came. */
  List<NodeDef> all() {
    return List.copyOf(nodes.values());
  }

  NodeDef get(String name) {
    NodeDef node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("the graph has no node '" + name + "'");
    }
    return node;
  }

  boolean contains(String name) {
    return nodes.containsKey(name);
  }

  /** The node that an input comes from. */
  NodeDef source(String input) {
    return get(producer(input));
  }

  /** Adds a node, or puts it in the place of the one with its name. */
  void put(NodeDef node) {
    remove(node.getName());
    nodes.put(node.getName(), node);
    node.getInputList()
        .forEach(
            it ->
                readers
                    .computeIfAbsent(producer(it), any -> new ArrayList<>())
                    .add(node.getName()));
  }

  void removeAll(Collection<String> names) {
    names.forEach(this::remove);
  }

  private void remove(String name) {
    NodeDef node = nodes.remove(name);
    if (node != null) {
      node.getInputList().forEach(it -> readersOf(producer(it)).remove(name));
    }
  }

  private List<String> readersOf(String name) {
    return readers.getOrDefault(name, new ArrayList<>());
  }

  /** The names of the nodes that read a node, once for each input. */
  List<String> readers(String name) {
    return Collections.unmodifiableList(readersOf(name));
  }

  /** The node that alone reads {@code name}, and once. */
  Optional<NodeDef> soleReader(String name) {
    List<String> all = readersOf(name);
    return all.size() == 1 ? Optional.of(get(all.get(0))) : Optional.empty();
  }

  /** The nodes {@code names} and all that they read from. */
  Set<String> ancestors(Collection<String> names) {
    return reached(names, it -> get(it).getInputList().stream().map(GraphNodes::producer));
  }

  /** The nodes {@code names} and all that read from them. */
  Set<String> descendants(Collection<String> names) {
    return reached(names, it -> readers(it).stream());
  }

  private static Set<String> reached(
      Collection<String> names, Function<String, Stream<String>> neighbours) {
    Set<String> met = new HashSet<>(names);
    Deque<String> open = new ArrayDeque<>(names);
    while (!open.isEmpty()) {
      neighbours.apply(open.pop()).filter(met::add).forEach(open::push);
    }
    return met;
  }

  GraphDef toGraphDef() {
    return origin.toBuilder().clearNode().addAllNode(nodes.values()).build();
  }
}
