package io.segue.deploy.bench.bare;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.serve.FrozenGraph;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

class VariableGraphTest {
  @Test
  void weightsBecomeVariablesThatNoConvolutionHoldsForConstants() {
    GraphDef frozen =
        GraphDef.newBuilder()
            .addNode(constant("kernel", DataType.DT_BFLOAT16, 8))
            .addNode(constant("axis", DataType.DT_INT32, 8))
            .addNode(constant("scale", DataType.DT_FLOAT, 1))
            .addNode(
                NodeDef.newBuilder()
                    .setName("conv")
                    .setOp("Fused")
                    .addInput("x")
                    .addInput("kernel")
                    .putAttr("is_filter_const", AttrValue.newBuilder().setB(true).build()))
            .build();
    Map<String, NodeDef> nodes =
        VariableGraph.of(new FrozenGraph(frozen)).definition().getNodeList().stream()
            .collect(Collectors.toMap(NodeDef::getName, it -> it));
    assertThat(nodes.get("kernel").getOp()).isEqualTo("VariableV2");
    assertThat(nodes.get("kernel").getAttrOrThrow("dtype").getType())
        .isEqualTo(DataType.DT_BFLOAT16);
    assertThat(nodes.get("kernel/assign").getInputList()).containsExactly("kernel", "kernel/value");
    assertThat(nodes.get(VariableGraph.INITIALIZER).getInputList())
        .containsExactly("^kernel/assign");
    assertThat(nodes.get("axis").getOp()).isEqualTo("Const");
    assertThat(nodes.get("scale").getOp()).isEqualTo("Const");
    assertThat(nodes.get("conv").getAttrOrThrow("is_filter_const").getB()).isFalse();
  }

  private static NodeDef constant(String name, DataType type, int values) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(values))
            .build();
    TensorProto tensor = TensorProto.newBuilder().setDtype(type).setTensorShape(shape).build();
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Const")
        .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
        .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
        .build();
  }
}
