package io.segue.model.serve;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** The part of a graph that some of its operations need. */
final class GraphAncestors {
  private GraphAncestors() {}

  /**
   * A graph with these operations and all that they read from, in the old order.
   *
   * @param names of operations of {@code graph}
   */
  static GraphDef of(GraphDef graph, Collection<String> names) {
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Set<String> needed = new HashSet<>(names);
    Deque<String> open = new ArrayDeque<>(names);
    while (!open.isEmpty()) {
      for (String input : inputs(nodes, open.pop())) {
        String name = operation(input);
        if (needed.add(name)) {
          open.push(name);
        }
      }
    }
    GraphDef.Builder part = graph.toBuilder().clearNode();
    graph.getNodeList().stream()
        .filter(node -> needed.contains(node.getName()))
        .forEach(part::addNode);
    return part.build();
  }

  private static List<String> inputs(Map<String, NodeDef> nodes, String name) {
    NodeDef node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("the graph has no operation '" + name + "'");
    }
    return node.getInputList();
  }

  /** {@code name} of {@code name:1} or {@code ^name}. */
  private static String operation(String input) {
    String name = input.startsWith("^") ? input.substring(1) : input;
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }
}
