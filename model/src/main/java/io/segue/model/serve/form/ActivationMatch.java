package io.segue.model.serve.form;

import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/**
 * An activation that stands behind a node and alone reads it.
 *
 * @param function the name under which a fused convolution knows it
 * @param nodes names of the nodes it consists of, the one that gives its result last
 */
record ActivationMatch(String function, List<String> nodes) {

  /** The activation behind {@code name}, if it is one that fused convolutions know. */
  static Optional<ActivationMatch> behind(GraphNodes nodes, String name) {
    List<NodeDef> readers = nodes.readers(name).stream().map(nodes::get).toList();
    return switch (readers.size()) {
      case 1 -> simple(readers.get(0));
      case 2 -> gated(nodes, readers);
      default -> Optional.empty();
    };
  }

  private static Optional<ActivationMatch> simple(NodeDef reader) {
    return FusedOps.ACTIVATIONS.contains(reader.getOp())
        ? Optional.of(new ActivationMatch(reader.getOp(), List.of(reader.getName())))
        : Optional.empty();
  }

  /** x · sigmoid(x): the product reads x, and the sigmoid of x. */
  private static Optional<ActivationMatch> gated(GraphNodes nodes, List<NodeDef> readers) {
    for (NodeDef gate : readers) {
      Optional<NodeDef> product =
          gate.getOp().equals("Sigmoid") ? nodes.soleReader(gate.getName()) : Optional.empty();
      if (product.filter(it -> it.getOp().equals("Mul") && readers.contains(it)).isPresent()) {
        return Optional.of(
            new ActivationMatch(FusedOps.SWISH, List.of(gate.getName(), product.get().getName())));
      }
    }
    return Optional.empty();
  }
}
