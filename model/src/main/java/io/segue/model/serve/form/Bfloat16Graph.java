package io.segue.model.serve.form;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Turns what lies between two places of a float32 graph into bfloat16: constants are rounded
 * beforehand, everything else is cast where it enters and where it leaves. An operation that has no
 * bfloat16 kernel, or gives float32 whatever it gets, stays as it is, between casts.
 */
final class Bfloat16Graph {
  private static final AttrValue BFLOAT16 = type(DataType.DT_BFLOAT16);
  private static final AttrValue FLOAT32 = type(DataType.DT_FLOAT);

  /** Which inputs of an operation have the type of its attribute {@code T}. */
  private enum Typed {
    ALL,
    FIRST,
    ALL_BUT_LAST,
    FIRST_AND_LAST;

    boolean has(int input, int inputs) {
      return switch (this) {
        case ALL -> true;
        case FIRST -> input == 0;
        case ALL_BUT_LAST -> input < inputs - 1;
        case FIRST_AND_LAST -> input == 0 || input == inputs - 1;
      };
    }
  }

  private static final Map<String, Typed> OPERATIONS =
      Map.ofEntries(
          Map.entry("Add", Typed.ALL),
          Map.entry("AddV2", Typed.ALL),
          Map.entry("AddN", Typed.ALL),
          Map.entry("AvgPool", Typed.ALL),
          Map.entry("BatchToSpaceND", Typed.FIRST),
          Map.entry("BiasAdd", Typed.ALL),
          Map.entry("ConcatV2", Typed.ALL_BUT_LAST),
          Map.entry("Conv2D", Typed.ALL),
          Map.entry("DepthwiseConv2dNative", Typed.ALL),
          Map.entry("Identity", Typed.ALL),
          Map.entry("LeakyRelu", Typed.ALL),
          Map.entry("MatMul", Typed.ALL),
          Map.entry("Max", Typed.FIRST),
          Map.entry("MaxPoolV2", Typed.FIRST),
          Map.entry("Mean", Typed.FIRST),
          Map.entry("Mul", Typed.ALL),
          Map.entry("PadV2", Typed.FIRST_AND_LAST),
          Map.entry("Relu", Typed.ALL),
          Map.entry("Relu6", Typed.ALL),
          Map.entry("Reshape", Typed.FIRST),
          Map.entry("ResizeNearestNeighbor", Typed.FIRST),
          Map.entry("Sigmoid", Typed.ALL),
          Map.entry("SpaceToBatchND", Typed.FIRST),
          Map.entry("Tanh", Typed.ALL),
          Map.entry("Tile", Typed.FIRST));

  private final GraphNodes nodes;
  private final Set<String> within;
  private final Set<String> narrow = new HashSet<>();

  private Bfloat16Graph(GraphDef graph, Set<String> inputs, Set<String> outputs) {
    nodes = new GraphNodes(graph);
    within = nodes.descendants(inputs);
    within.retainAll(nodes.ancestors(outputs));
    within.removeAll(outputs);
  }

  /**
   * The converted graph.
   *
   * @param graph in float32
   * @param inputs names of the nodes where bfloat16 begins
   * @param outputs names of the nodes before which it ends
   */
  static GraphDef of(GraphDef graph, Set<String> inputs, Set<String> outputs) {
    Bfloat16Graph converted = new Bfloat16Graph(graph, inputs, outputs);
    converted.run();
    return converted.nodes.toGraphDef();
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  private void run() {
    List<NodeDef> all = nodes.all();
    for (NodeDef node : all) {
      boolean typed = OPERATIONS.containsKey(node.getOp()) || FusedOps.contains(node.getOp());
      if (typed && within.contains(node.getName()) && FLOAT32.equals(node.getAttrMap().get("T"))) {
        narrow.add(node.getName());
      }
    }
    for (NodeDef node : all) {
      nodes.put(narrow.contains(node.getName()) ? narrowed(node) : widened(node));
    }
  }

  private NodeDef narrowed(NodeDef node) {
    Typed typed = OPERATIONS.getOrDefault(node.getOp(), Typed.ALL);
    NodeDef.Builder changed = node.toBuilder().putAttr("T", BFLOAT16);
    if (node.containsAttr("TArgs")) {
      AttrValue.Builder types = node.getAttrOrThrow("TArgs").toBuilder();
      for (int i = 0; i < types.getList().getTypeCount(); i++) {
        types.getListBuilder().setType(i, DataType.DT_BFLOAT16);
      }
      changed.putAttr("TArgs", types.build());
    }
    for (int i = 0; i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      if (typed.has(i, node.getInputCount()) && !narrow.contains(GraphNodes.producer(input))) {
        changed.setInput(i, narrow(input));
      }
    }
    return changed.build();
  }

  /** A node that stays as it is, on float32 inputs; shapes are those of either type. */
  private NodeDef widened(NodeDef node) {
    NodeDef.Builder changed = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      if (narrow.contains(GraphNodes.producer(node.getInput(i)))) {
        if (node.getOp().equals("Shape") || node.getOp().equals("ResizeBilinear")) {
          changed.putAttr("T", BFLOAT16);
        } else {
          changed.setInput(i, cast(node.getInput(i), FLOAT32, BFLOAT16));
        }
      }
    }
    return changed.build();
  }

  private String narrow(String input) {
    NodeDef source = nodes.source(input);
    return source.getOp().equals("Const") ? rounded(source) : cast(input, BFLOAT16, FLOAT32);
  }

  private String cast(String input, AttrValue to, AttrValue from) {
    String name = GraphNodes.producer(input) + "/as_" + to.getType().name();
    if (!nodes.contains(name)) {
      nodes.put(
          NodeDef.newBuilder()
              .setName(name)
              .setOp("Cast")
              .addInput(input)
              .putAttr("SrcT", from)
              .putAttr("DstT", to)
              .build());
    }
    return name;
  }

  private String rounded(NodeDef constant) {
    String name = constant.getName() + "/as_" + DataType.DT_BFLOAT16.name();
    if (!nodes.contains(name)) {
      TensorProto values = constant.getAttrOrThrow("value").getTensor();
      nodes.put(
          constant.toBuilder()
              .setName(name)
              .putAttr("dtype", BFLOAT16)
              .putAttr("value", AttrValue.newBuilder().setTensor(rounded(values)).build())
              .build());
    }
    return name;
  }

  /** The nearest bfloat16 numbers, of two equally near ones the even one. */
  static TensorProto rounded(TensorProto values) {
    int size = 1;
    for (TensorShapeProto.Dim dim : values.getTensorShape().getDimList()) {
      size = Math.multiplyExact(size, Math.toIntExact(dim.getSize()));
    }
    FloatBuffer packed =
        values
            .getTensorContent()
            .asReadOnlyByteBuffer()
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    int given = values.getFloatValCount();
    ByteBuffer bytes = ByteBuffer.allocate(2 * size).order(ByteOrder.nativeOrder());
    for (int i = 0; i < size; i++) {
      float value =
          packed.hasRemaining()
              ? packed.get(i)
              : given == 0 ? 0 : values.getFloatVal(Math.min(i, given - 1));
      bytes.putShort(rounded(value));
    }
    return TensorProto.newBuilder()
        .setDtype(DataType.DT_BFLOAT16)
        .setTensorShape(values.getTensorShape())
        .setTensorContent(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  private static short rounded(float value) {
    int bits = Float.floatToIntBits(value);
    boolean number = !Float.isNaN(value);
    return (short) ((number ? bits + 0x7fff + (bits >>> 16 & 1) : bits) >>> 16);
  }
}
