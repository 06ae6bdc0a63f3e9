package io.segue.model.golden;

import io.segue.model.layer.Activation;
import io.segue.model.layer.BottleneckBlock;
import io.segue.model.layer.Conv;
import io.segue.model.layer.DepthwiseSeparableBlock;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.InvertedBottleneckBlock;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import io.segue.model.layer.PanopticFpnFusion;
import io.segue.model.layer.PyramidFusion;
import io.segue.model.layer.ResidualBlock;
import io.segue.model.layer.SpatialPyramidPooling;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Our counterparts of blocks. */
final class Blocks {
  private static final String KEY = "block";

  private Blocks() {}

  static Map<String, Operand<TFloat32>> build(
      String name, Arguments arguments, Layers layers, Map<String, Operand<TFloat32>> inputs) {
    Operand<TFloat32> x = inputs.get("input");
    NormActivation style = NormActivation.of(arguments.style());
    return switch (name) {
      case "nn_blocks.InvertedBottleneckBlock" -> inverted(arguments, layers, style, x);
      case "nn_blocks.DepthwiseSeparableConvBlock" ->
          Map.of(
              "output",
              new DepthwiseSeparableBlock(
                      arguments.number("filters", 0),
                      arguments.number("kernel_size", 3),
                      arguments.number("strides", 1),
                      arguments.number("dilation_rate", 1),
                      false,
                      style.with(arguments.activation("activation", "relu6")))
                  .build(layers, KEY, x));
      case "mobilenet.Conv2DBNBlock" -> Map.of("output", convNorm(arguments, layers, style, x));
      case "nn_blocks.ResidualBlock" ->
          Map.of(
              "output",
              new ResidualBlock(
                      arguments.number("filters", 0),
                      arguments.number("strides", 1),
                      arguments.flag("use_projection", false),
                      arguments.real("se_ratio", 0),
                      0,
                      arguments.flag("use_explicit_padding", false),
                      trained(arguments, style))
                  .build(layers, KEY, x));
      case "nn_blocks.BottleneckBlock" ->
          Map.of(
              "output",
              new BottleneckBlock(
                      arguments.number("filters", 0),
                      arguments.number("strides", 1),
                      arguments.number("dilation_rate", 1),
                      arguments.flag("use_projection", false),
                      arguments.flag("resnetd_shortcut", false),
                      arguments.real("se_ratio", 0),
                      0,
                      trained(arguments, style))
                  .build(layers, KEY, x));
      case "nn_layers.pyramid_feature_fusion" ->
          Map.of(
              "output",
              PyramidFusion.build(
                  layers, FeatureMaps.of(inputs), arguments.number("target_level", 0)));
      case "nn_layers.PanopticFPNFusion" ->
          Map.of(
              "output",
              new PanopticFpnFusion(
                      arguments.number("target_level", 2),
                      arguments.number("max_level", 5),
                      arguments.number("num_filters", 128),
                      arguments.activation("activation", "relu"))
                  .build(layers, "fusion", FeatureMaps.of(inputs)));
      case "deeplab.SpatialPyramidPooling" ->
          Map.of("output", pyramid(SpatialPyramidPooling.Version.V1, arguments, layers, style, x));
      case "nn_layers.SpatialPyramidPooling" ->
          Map.of("output", pyramid(SpatialPyramidPooling.Version.V2, arguments, layers, style, x));
      default -> throw new AssertionError("block " + name);
    };
  }

  private static Operand<TFloat32> convNorm(
      Arguments arguments, Layers layers, NormActivation style, Operand<TFloat32> x) {
    Activation activation =
        arguments.isNull("activation")
            ? Activation.IDENTITY
            : arguments.activation("activation", "relu6");
    Conv conv =
        Conv.of(arguments.number("filters", 0), arguments.number("kernel_size", 3))
            .stride(arguments.number("strides", 1));
    Conv biased = arguments.flag("use_bias", false) ? conv.withBias() : conv;
    Operand<TFloat32> y =
        arguments.flag("use_normalization", true)
            ? layers.convNorm(KEY + "/_conv0", biased, KEY + "/_norm0", style.norm(), x)
            : layers.conv(KEY + "/_conv0", biased, x);
    return activation.apply(layers.tf(), y);
  }

  private static NormActivation trained(Arguments arguments, NormActivation style) {
    return new NormActivation(
        style.norm().trainable(arguments.flag("bn_trainable", true)), style.activation());
  }

  private static Operand<TFloat32> pyramid(
      SpatialPyramidPooling.Version version,
      Arguments arguments,
      Layers layers,
      NormActivation style,
      Operand<TFloat32> x) {
    return new SpatialPyramidPooling(
            version,
            arguments.number("output_channels", 0),
            arguments.numbers("dilation_rates"),
            arguments.has("pool_kernel_size")
                ? Optional.of(arguments.numbers("pool_kernel_size"))
                : Optional.empty(),
            arguments.flag("use_depthwise_convolution", false),
            arguments.real("dropout", 0.5),
            SpatialPyramidPooling.Interpolation.of(arguments.text("interpolation", "bilinear")),
            Initializer.GLOROT_UNIFORM,
            style)
        .build(layers, "spp", x);
  }

  private static Map<String, Operand<TFloat32>> inverted(
      Arguments arguments, Layers layers, NormActivation style, Operand<TFloat32> x) {
    InvertedBottleneckBlock block =
        new InvertedBottleneckBlock(
                arguments.number("in_filters", 0),
                arguments.number("out_filters", 0),
                arguments.real("expand_ratio", 1),
                arguments.number("strides", 1),
                style)
            .kernelSize(arguments.number("kernel_size", 3))
            .dilation(arguments.number("dilation_rate", 1))
            .divisor(arguments.number("divisible_by", 1))
            .squeeze(
                arguments.real("se_ratio", 0),
                arguments.activation("se_inner_activation", "relu"),
                arguments.activation("se_gating_activation", "sigmoid"))
            .squeezeOnExpanded(arguments.flag("expand_se_in_filters", false))
            .squeezeProtect(arguments.flag("se_round_down_protect", true))
            .useDepthwise(arguments.flag("use_depthwise", true))
            .useResidual(arguments.flag("use_residual", true));
    if (arguments.has("depthwise_activation")) {
      block.depthwiseActivation(Activation.named(arguments.text("depthwise_activation", "")));
    }
    InvertedBottleneckBlock.Result result = block.build(layers, KEY, x);
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    outputs.put("output", result.output());
    if (arguments.flag("output_intermediate_endpoints", false)) {
      outputs.put("depthwise", result.depthwise());
    }
    return outputs;
  }
}
