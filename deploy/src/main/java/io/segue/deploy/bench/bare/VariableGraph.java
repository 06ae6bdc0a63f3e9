package io.segue.deploy.bench.bare;

import io.segue.model.serve.FrozenGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * A serving graph whose weights can be assigned while it is loaded: what replacing a version in
 * place would run. Constants of several values become variables of the same names and types, and
 * the fused convolutions that read them are told so: they reorder a filter anew for each frame.
 */
final class VariableGraph {
  private static final int FEWEST_VALUES = 8;
  private static final Set<DataType> TYPES = Set.of(DataType.DT_FLOAT, DataType.DT_BFLOAT16);
  private static final String CONSTANT_FILTER = "is_filter_const";

  /** Name of the operation that assigns every weight. */
  static final String INITIALIZER = "segue_assign_all";

  private VariableGraph() {}

  /** The graph with variables; {@link #INITIALIZER} has to run before it gives masks. */
  static FrozenGraph of(FrozenGraph frozen) {
    GraphDef.Builder graph = GraphDef.newBuilder().setVersions(frozen.definition().getVersions());
    List<String> assigned = new ArrayList<>();
    for (NodeDef node : frozen.definition().getNodeList()) {
      if (isWeight(node)) {
        graph.addNode(variable(node));
        graph.addNode(node.toBuilder().setName(node.getName() + "/value"));
        graph.addNode(assignment(node));
        assigned.add("^" + node.getName() + "/assign");
      } else {
        graph.addNode(reader(node));
      }
    }
    graph.addNode(NodeDef.newBuilder().setName(INITIALIZER).setOp("NoOp").addAllInput(assigned));
    return new FrozenGraph(graph.build());
  }

  private static boolean isWeight(NodeDef node) {
    return node.getOp().equals("Const")
        && TYPES.contains(node.getAttrOrThrow("dtype").getType())
        && node.getAttrOrThrow("value").getTensor().getTensorShape().getDimList().stream()
                .mapToLong(it -> it.getSize())
                .reduce(1, (a, b) -> a * b)
            >= FEWEST_VALUES;
  }

  /** Fused operations keep what they made of a filter that they take for a constant. */
  private static NodeDef reader(NodeDef node) {
    return node.containsAttr(CONSTANT_FILTER)
        ? node.toBuilder()
            .putAttr(CONSTANT_FILTER, AttrValue.newBuilder().setB(false).build())
            .build()
        : node;
  }

  private static NodeDef variable(NodeDef weight) {
    AttrValue shape =
        AttrValue.newBuilder()
            .setShape(weight.getAttrOrThrow("value").getTensor().getTensorShape())
            .build();
    return NodeDef.newBuilder()
        .setName(weight.getName())
        .setOp("VariableV2")
        .putAttr("shape", shape)
        .putAttr("dtype", weight.getAttrOrThrow("dtype"))
        .build();
  }

  private static NodeDef assignment(NodeDef weight) {
    return NodeDef.newBuilder()
        .setName(weight.getName() + "/assign")
        .setOp("Assign")
        .addInput(weight.getName())
        .addInput(weight.getName() + "/value")
        .putAttr("T", weight.getAttrOrThrow("dtype"))
        .build();
  }
}
