package io.segue.model.serve;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.types.TString;

/**
 * Constants of text whose values stand one by one in the graph. TensorFlow writes what Java gives
 * it in a packed form, which TensorFlow alone reads: OpenVINO, for one, finds no variables then.
 */
final class StringConstants {
  private final Map<String, List<String>> values = new HashMap<>();

  /** A constant of rank 1. */
  Operand<TString> of(Ops tf, List<String> texts) {
    Operand<TString> constant = tf.array(texts.toArray(new String[0]));
    values.put(constant.op().name(), texts);
    return constant;
  }

  /** The graph in which the constants were made, with their values one by one. */
  GraphDef unpacked(GraphDef graph) {
    GraphDef.Builder unpacked = graph.toBuilder();
    for (NodeDef.Builder node : unpacked.getNodeBuilderList()) {
      List<String> texts = values.get(node.getName());
      if (texts != null) {
        TensorProto.Builder tensor =
            node.getAttrOrThrow("value").getTensor().toBuilder().clearTensorContent();
        texts.forEach(it -> tensor.addStringVal(ByteString.copyFromUtf8(it)));
        node.putAttr("value", AttrValue.newBuilder().setTensor(tensor).build());
      }
    }
    return unpacked.build();
  }
}
