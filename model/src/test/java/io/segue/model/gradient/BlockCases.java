package io.segue.model.gradient;

import static io.segue.model.gradient.LayerCases.MAP;
import static io.segue.model.gradient.LayerCases.SMOOTH;

import io.segue.model.layer.Activation;
import io.segue.model.layer.BottleneckBlock;
import io.segue.model.layer.DepthwiseSeparableBlock;
import io.segue.model.layer.InvertedBottleneckBlock;
import io.segue.model.layer.ResNetBlock;
import io.segue.model.layer.ResidualBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** The blocks that backbones repeat, with each of their options. */
final class BlockCases {
  private static final Shape BATCH_OF_FOUR = Shape.of(4, 5, 6, 4);

  private BlockCases() {}

  static List<GradientCase> all() {
    List<GradientCase> cases = new ArrayList<>();
    cases.add(residual("plain", new ResidualBlock(4, 1, false, 0, 0, false, SMOOTH)));
    cases.add(residual("projected", new ResidualBlock(6, 2, true, 0, 0, false, SMOOTH)));
    cases.add(residual("explicitly padded", new ResidualBlock(6, 2, true, 0, 0, true, SMOOTH)));
    // Squeeze-and-excitation of ResNets has a ReLU inside.
    cases.add(
        residual("squeezed", new ResidualBlock(6, 2, true, 0.5, 0, false, SMOOTH)).inPieces());
    cases.add(
        residual(
                "squeezed with stochastic depth",
                new ResidualBlock(4, 1, false, 0.5, 0.3, false, SMOOTH))
            .inPieces()
            .drawing());
    cases.add(bottleneck("plain", new BottleneckBlock(1, 1, 1, false, false, 0, 0, SMOOTH)));
    cases.add(bottleneck("strided", new BottleneckBlock(2, 2, 1, true, false, 0, 0, SMOOTH)));
    cases.add(
        bottleneck(
            "strided with ResNet-D shortcut",
            new BottleneckBlock(2, 2, 1, true, true, 0, 0, SMOOTH)));
    for (int rate : new int[] {2, 4}) {
      cases.add(
          bottleneck(
              "dilated by " + rate, new BottleneckBlock(2, 1, rate, true, true, 0, 0, SMOOTH)));
    }
    cases.add(
        bottleneck("squeezed, dilated", new BottleneckBlock(2, 1, 2, true, false, 0.5, 0, SMOOTH))
            .inPieces());
    cases.add(
        bottleneck(
                "squeezed with stochastic depth",
                new BottleneckBlock(1, 1, 2, false, false, 0.5, 0.3, SMOOTH))
            .inPieces()
            .drawing());
    cases.addAll(inverted());
    for (int rate : new int[] {1, 2}) {
      cases.add(
          separable(
              "dilated by " + rate, new DepthwiseSeparableBlock(5, 3, 1, rate, false, SMOOTH)));
    }
    cases.add(separable("strided", new DepthwiseSeparableBlock(5, 5, 2, 1, true, SMOOTH)));
    return cases;
  }

  private static GradientCase residual(String name, ResidualBlock block) {
    return GradientCase.of(
        "residual block, " + name,
        BATCH_OF_FOUR,
        (l, x) -> block.build(l, "b", x),
        ResidualBlock.class,
        ResNetBlock.class);
  }

  private static GradientCase bottleneck(String name, BottleneckBlock block) {
    return GradientCase.of(
        "bottleneck block, " + name,
        BATCH_OF_FOUR,
        (l, x) -> block.build(l, "b", x),
        BottleneckBlock.class,
        ResNetBlock.class);
  }

  private static GradientCase separable(String name, DepthwiseSeparableBlock block) {
    return GradientCase.of(
        "depthwise separable block, " + name,
        MAP,
        (l, x) -> block.build(l, "b", x),
        DepthwiseSeparableBlock.class);
  }

  private static List<GradientCase> inverted() {
    List<GradientCase> cases = new ArrayList<>();
    cases.add(inverted("with residual", new InvertedBottleneckBlock(4, 4, 3, 1, SMOOTH)));
    cases.add(inverted("without expansion", new InvertedBottleneckBlock(4, 6, 1, 1, SMOOTH)));
    cases.add(inverted("strided", new InvertedBottleneckBlock(4, 6, 3, 2, SMOOTH)));
    for (int rate : new int[] {2, 4}) {
      cases.add(
          inverted(
              "dilated by " + rate,
              new InvertedBottleneckBlock(4, 4, 3, 1, SMOOTH).dilation(rate)));
    }
    cases.add(
        inverted("fused", new InvertedBottleneckBlock(4, 4, 3, 2, SMOOTH).useDepthwise(false)));
    cases.add(
        inverted(
            "without residual",
            new InvertedBottleneckBlock(4, 4, 3, 1, SMOOTH).useResidual(false)));
    cases.add(
        inverted(
            "with its own depthwise activation",
            new InvertedBottleneckBlock(4, 4, 3, 1, SMOOTH).depthwiseActivation(Activation.TANH)));
    // MBConv of EfficientNet.
    cases.add(
        inverted(
            "squeezed on its input, 5×5",
            new InvertedBottleneckBlock(4, 6, 6, 2, SMOOTH)
                .kernelSize(5)
                .squeeze(0.25, Activation.SWISH, Activation.SIGMOID)));
    // MobileNetV3.
    cases.add(
        inverted(
                "hard-swish, squeezed, dilated 5×5",
                new InvertedBottleneckBlock(4, 4, 3, 1, SMOOTH.with(Activation.HARD_SWISH))
                    .kernelSize(5)
                    .dilation(2)
                    .divisor(8)
                    .squeeze(0.25, Activation.RELU, Activation.HARD_SIGMOID)
                    .squeezeOnExpanded(true))
            .inPieces());
    cases.add(
        inverted(
                "with stochastic depth",
                new InvertedBottleneckBlock(4, 4, 3, 1, SMOOTH).dropRate(0.3))
            .drawing());
    return cases;
  }

  /** Both results: the block's and its depthwise endpoint. */
  private static GradientCase inverted(String name, InvertedBottleneckBlock block) {
    return GradientCase.of(
        "inverted bottleneck block, " + name,
        Map.of("x", BATCH_OF_FOUR),
        (l, in) -> {
          InvertedBottleneckBlock.Result result = block.build(l, "b", in.get("x"));
          return List.of(result.output(), result.depthwise());
        },
        InvertedBottleneckBlock.class);
  }
}
