package io.segue.model.serve.form;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * The operations behind fused kernels, which TensorFlow keeps for its own graph rewriting: every
 * name with a leading underscore that Segue uses stands here. An upgrade of TensorFlow may change
 * them without notice; {@code FusedOpsTest} builds each and compares it with plain operations.
 */
final class FusedOps {
  private static final String CONV = "_MklNativeFusedConv2D";
  private static final String GATHERING_CONV = "_FusedConv2D";
  private static final String DEPTHWISE = "_MklNativeFusedDepthwiseConv2dNative";

  /** x · sigmoid(x): an operation, and an activation of the others. */
  static final String SWISH = "_MklSwish";

  /** The activations that are one plain operation, and by the same name one of these. */
  static final Set<String> ACTIVATIONS = Set.of("Relu", "Relu6");

  /** The label under which the kernels of the operations above are registered. */
  private static final String KERNEL_LABEL = "MklNameChangeOp";

  private static final List<String> COPIED =
      List.of("T", "strides", "padding", "explicit_paddings", "data_format", "dilations");

  private FusedOps() {}

  /**
   * activation(conv(x) + bias + summand).
   *
   * @param name of the operation
   * @param conv a {@code Conv2D} whose filter is a constant
   * @param bias a vector with one value a channel
   * @param summand of the shape of the result
   * @param activation {@code Relu} or {@code Relu6}
   */
  static NodeDef conv(
      String name,
      NodeDef conv,
      String bias,
      Optional<String> summand,
      Optional<String> activation) {
    List<String> args = new ArrayList<>(List.of(bias));
    List<String> fused = new ArrayList<>(List.of("BiasAdd"));
    summand.ifPresent(
        it -> {
          args.add(it);
          fused.add("Add");
        });
    activation.ifPresent(fused::add);
    return fused(CONV, name, conv, args, fused)
        .putAttr("TArgs", types(conv, args.size()))
        .putAttr("num_host_args", AttrValue.newBuilder().setI(0).build())
        .build();
  }

  /**
   * activation(conv(x) + bias) by TensorFlow's own kernel, or by oneDNN's where TensorFlow was
   * started to prefer that one.
   *
   * @param name of the operation
   * @param conv a {@code Conv2D} whose filter is a constant
   * @param bias a vector with one value a channel
   * @param activation {@code Relu} or {@code Relu6}
   */
  static NodeDef gatheringConv(
      String name, NodeDef conv, String bias, Optional<String> activation) {
    List<String> fused = new ArrayList<>(List.of("BiasAdd"));
    activation.ifPresent(fused::add);
    return fused(GATHERING_CONV, name, conv, List.of(bias), fused)
        .putAttr("TArgs", types(conv, 1))
        .removeAttr("is_filter_const")
        .removeAttr("_kernel")
        .build();
  }

  /** Whether TensorFlow runs a convolution by its own kernel: what it made of the graph says. */
  static boolean gathers(Stream<NodeDef> executed) {
    return executed.anyMatch(it -> it.getOp().equals(GATHERING_CONV));
  }

  private static AttrValue types(NodeDef conv, int count) {
    List<DataType> types = Collections.nCopies(count, conv.getAttrOrThrow("T").getType());
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllType(types))
        .build();
  }

  /**
   * activation(conv(x) + bias) of each channel by itself.
   *
   * @param name of the operation
   * @param conv a {@code DepthwiseConv2dNative} whose filter is a constant
   * @param bias a vector with one value a channel
   * @param activation {@code Relu} or {@code Relu6}
   */
  static NodeDef depthwise(String name, NodeDef conv, String bias, Optional<String> activation) {
    List<String> fused = new ArrayList<>(List.of("BiasAdd"));
    activation.ifPresent(fused::add);
    NodeDef.Builder node = fused(DEPTHWISE, name, conv, List.of(bias), fused);
    return node.removeAttr("explicit_paddings").build();
  }

  /** Whether depthwise convolutions, and those that add a summand, take this activation too. */
  static boolean always(String activation) {
    return ACTIVATIONS.contains(activation);
  }

  /** x · sigmoid(x). */
  static NodeDef swish(String name, String x, DataType type) {
    return NodeDef.newBuilder()
        .setName(name)
        .setOp(SWISH)
        .addInput(x)
        .putAttr("T", AttrValue.newBuilder().setType(type).build())
        .build();
  }

  private static NodeDef.Builder fused(
      String op, String name, NodeDef conv, List<String> args, List<String> fused) {
    NodeDef.Builder node =
        NodeDef.newBuilder()
            .setName(name)
            .setOp(op)
            .addInput(conv.getInput(0))
            .addInput(conv.getInput(1))
            .addAllInput(args);
    COPIED.stream()
        .filter(conv::containsAttr)
        .forEach(it -> node.putAttr(it, conv.getAttrOrThrow(it)));
    AttrValue.ListValue names =
        AttrValue.ListValue.newBuilder()
            .addAllS(fused.stream().map(ByteString::copyFromUtf8).toList())
            .build();
    return node.putAttr("num_args", AttrValue.newBuilder().setI(args.size()).build())
        .putAttr("fused_ops", AttrValue.newBuilder().setList(names).build())
        .putAttr("is_filter_const", AttrValue.newBuilder().setB(true).build())
        .putAttr(
            "_kernel", AttrValue.newBuilder().setS(ByteString.copyFromUtf8(KERNEL_LABEL)).build());
  }

  /** Whether {@code op} is one of these, all of whose inputs have the type {@code T}. */
  static boolean contains(String op) {
    return op.equals(CONV) || op.equals(DEPTHWISE) || op.equals(SWISH);
  }
}
