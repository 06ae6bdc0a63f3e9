package io.segue.model.golden;

import io.segue.model.layer.Activation;
import io.segue.model.layer.Conv;
import io.segue.model.layer.GroupNorm;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.Layers;
import io.segue.model.layer.Norm;
import io.segue.model.layer.Resampling;
import io.segue.model.layer.SqueezeExcitation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Our counterparts of single layers. */
final class Primitives {
  private static final String KEY = "layer";

  private Primitives() {}

  static Operand<TFloat32> build(
      String name, Arguments arguments, Layers layers, Map<String, Operand<TFloat32>> inputs) {
    Ops tf = layers.tf();
    Operand<TFloat32> x = inputs.get("input");
    return switch (name) {
      case "tf_keras.layers.Conv2D" ->
          layers.conv(
              KEY,
              conv(
                  arguments,
                  Conv.of(arguments.number("filters", 0), arguments.number("kernel_size", 0)),
                  true),
              x);
      case "tf_keras.layers.DepthwiseConv2D" ->
          layers.conv(
              KEY, conv(arguments, Conv.depthwise(arguments.number("kernel_size", 0)), true), x);
      case "tf_keras.layers.SeparableConv2D" ->
          layers.conv(
              KEY,
              conv(
                  arguments,
                  Conv.separable(
                      arguments.number("filters", 0), arguments.number("kernel_size", 0)),
                  true),
              x);
      case "tf_keras.layers.BatchNormalization" ->
          layers.norm(
              KEY,
              new Norm(
                  arguments.real("momentum", 0.99),
                  arguments.real("epsilon", 0.001),
                  arguments.flag("synchronized", false),
                  arguments.flag("trainable", true)),
              x);
      case "tf_keras.layers.GroupNormalization" ->
          new GroupNorm(arguments.number("groups", 32), arguments.real("epsilon", 0.001))
              .build(layers, KEY, x);
      case "tf_keras.layers.MaxPool2D" ->
          Resampling.maxPool(
              tf, x, arguments.number("pool_size", 0), arguments.number("strides", 0));
      case "tf_keras.layers.AveragePooling2D" -> {
        List<Integer> kernel = arguments.pair("pool_size");
        yield Resampling.averagePool(
            tf,
            x,
            kernel,
            arguments.has("strides") ? arguments.pair("strides") : kernel,
            arguments.text("padding", "valid").toUpperCase(Locale.ROOT));
      }
      case "tf.image.resize" -> {
        Operand<org.tensorflow.types.TInt32> size =
            tf.constant(arguments.numbers("size").stream().mapToInt(it -> it).toArray());
        yield arguments.text("method", "").equals("nearest")
            ? Resampling.nearest(tf, x, size)
            : Resampling.bilinear(tf, x, size);
      }
      case "official.vision.ops.spatial_transform_ops.nearest_upsampling" ->
          Resampling.replicate(tf, x, arguments.number("scale", 1));
      case "official.modeling.tf_utils.get_activation" -> {
        String identifier = arguments.text("identifier", "");
        boolean layer = arguments.flag("use_keras_layer", false);
        yield (identifier.equals("gelu") && !layer
                ? Activation.GELU_TANH
                : Activation.named(identifier))
            .apply(tf, x);
      }
      case "nn_layers.SqueezeExcitation" ->
          SqueezeExcitation.of(
                  arguments.number("in_filters", 0),
                  arguments.number("out_filters", 0),
                  arguments.real("se_ratio", 0),
                  arguments.number("divisible_by", 1),
                  arguments.flag("round_down_protect", true),
                  arguments.activation("activation", "relu"),
                  arguments.activation("gating_activation", "sigmoid"))
              .build(layers, KEY, x);
      default -> throw new AssertionError("primitive " + name);
    };
  }

  private static Conv conv(Arguments arguments, Conv conv, boolean biasByDefault) {
    Conv set =
        conv.stride(arguments.number("strides", 1))
            .dilation(arguments.number("dilation_rate", 1))
            .initializer(Initializer.GLOROT_UNIFORM);
    set = arguments.text("padding", "valid").equals("same") ? set : set.valid();
    return arguments.flag("use_bias", biasByDefault) ? set.withBias() : set;
  }
}
