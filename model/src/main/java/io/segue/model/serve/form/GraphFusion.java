package io.segue.model.serve.form;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Writes each convolution of a frozen graph, its bias, the sum that closes a residual block, and
 * the activation behind them as one operation of oneDNN, and swish as another. A fused operation
 * has the name of the last one that it stands for.
 */
final class GraphFusion {
  /** Below this many channels oneDNN's convolution is the faster one. */
  private static final int CHANNELS_TO_GATHER = 16;

  private static final Set<String> SUMS = Set.of("Add", "AddV2");

  private static final int RANK = 4;

  private final Graph graph;
  private final boolean mixed;
  private final GraphNodes nodes;

  private GraphFusion(Graph graph, boolean mixed) {
    this.graph = graph;
    this.mixed = mixed;
    this.nodes = new GraphNodes(graph.toGraphDef());
  }

  /**
   * The fused graph, in which all names that something outside may read are those of before.
   *
   * @param mixed as {@link ServingForm#MIXED_FLOAT32} has it
   */
  static GraphDef fused(Graph graph, boolean mixed) {
    GraphFusion fusion = new GraphFusion(graph, mixed);
    for (NodeDef node : fusion.nodes.all()) {
      switch (node.getOp()) {
        case "Conv2D" -> fusion.conv(node, false);
        case "DepthwiseConv2dNative" -> fusion.conv(node, true);
        default -> {}
      }
    }
    fusion.nodes.all().forEach(fusion::swish);
    return fusion.nodes.toGraphDef();
  }

  private void conv(NodeDef conv, boolean depthwise) {
    NodeDef filter = nodes.source(conv.getInput(1));
    if (!filter.getOp().equals("Const")) {
      return;
    }
    boolean gathers = mixed && !depthwise && gathers(filter);
    boolean takesAll = !depthwise && !gathers;
    List<String> chain = new ArrayList<>(List.of(conv.getName()));
    Optional<NodeDef> biasAdd =
        next(chain).filter(it -> it.getOp().equals("BiasAdd") && constant(it.getInput(1)));
    biasAdd.ifPresent(it -> chain.add(it.getName()));
    Optional<NodeDef> sum =
        takesAll ? next(chain).filter(it -> sums(it, last(chain))) : Optional.empty();
    Optional<String> summand = sum.map(it -> other(it, last(chain)));
    sum.ifPresent(it -> chain.add(it.getName()));
    Optional<ActivationMatch> activation =
        ActivationMatch.behind(nodes, last(chain))
            .filter(it -> (takesAll && sum.isEmpty()) || FusedOps.always(it.function()));
    activation.ifPresent(it -> chain.addAll(it.nodes()));
    String bias = biasAdd.map(it -> it.getInput(1)).orElseGet(() -> noBias(conv, filter));
    Optional<String> function = activation.map(ActivationMatch::function);
    NodeDef fused =
        gathers
            ? FusedOps.gatheringConv(last(chain), conv, bias, function)
            : depthwise
                ? FusedOps.depthwise(last(chain), conv, bias, function)
                : FusedOps.conv(last(chain), conv, bias, summand, function);
    nodes.removeAll(chain);
    nodes.put(fused);
  }

  /** Whether a kernel spans several pixels and many channels. */
  private static boolean gathers(NodeDef filter) {
    TensorShapeProto shape = filter.getAttrOrThrow("value").getTensor().getTensorShape();
    return shape.getDim(0).getSize() * shape.getDim(1).getSize() > 1
        && shape.getDim(2).getSize() >= CHANNELS_TO_GATHER;
  }

  private static String last(List<String> chain) {
    return chain.get(chain.size() - 1);
  }

  private Optional<NodeDef> next(List<String> chain) {
    return nodes.soleReader(last(chain));
  }

  private boolean constant(String input) {
    return nodes.source(input).getOp().equals("Const");
  }

  /** Whether a node adds two maps of one shape, so that nothing is spread. */
  private boolean sums(NodeDef node, String summand) {
    if (!SUMS.contains(node.getOp())) {
      return false;
    }
    // Shape.equals holds an unknown batch size for different from itself.
    long[] shape = shape(summand);
    return shape.length == RANK && Arrays.equals(shape, shape(other(node, summand)));
  }

  private static String other(NodeDef sum, String summand) {
    return sum.getInput(GraphNodes.producer(sum.getInput(0)).equals(summand) ? 1 : 0);
  }

  /** Sizes, unknown ones as -1; empty if not even their number is known. */
  private long[] shape(String input) {
    Shape shape = graph.operation(GraphNodes.producer(input)).output(0).shape();
    return shape.isUnknown() ? new long[0] : shape.asArray();
  }

  /** Zeros: the fused kernels take no convolution without bias. */
  private String noBias(NodeDef conv, NodeDef filter) {
    TensorShapeProto shape = filter.getAttrOrThrow("value").getTensor().getTensorShape();
    boolean depthwise = conv.getOp().startsWith("Depthwise");
    long out = shape.getDim(3).getSize() * (depthwise ? shape.getDim(2).getSize() : 1);
    TensorProto zeros =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_FLOAT)
            .setTensorShape(
                TensorShapeProto.newBuilder()
                    .addDim(TensorShapeProto.Dim.newBuilder().setSize(out)))
            .addFloatVal(0)
            .build();
    String name = conv.getName() + "/no_bias";
    nodes.put(
        NodeDef.newBuilder()
            .setName(name)
            .setOp("Const")
            .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
            .putAttr("value", AttrValue.newBuilder().setTensor(zeros).build())
            .build());
    return name;
  }

  /** Swish behind something else than a convolution. */
  private void swish(NodeDef node) {
    ActivationMatch.behind(nodes, node.getName())
        .filter(it -> it.function().equals(FusedOps.SWISH))
        .ifPresent(
            it -> {
              DataType type = nodes.get(last(it.nodes())).getAttrOrThrow("T").getType();
              nodes.removeAll(it.nodes());
              nodes.put(FusedOps.swish(last(it.nodes()), node.getName(), type));
            });
  }
}
