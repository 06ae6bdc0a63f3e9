package io.segue.model.backbone;

import static io.segue.model.layer.Activation.HARD_SWISH;
import static io.segue.model.layer.Activation.RELU;
import static io.segue.model.layer.Activation.RELU6;

import io.segue.model.config.ConfigException;
import io.segue.model.layer.Activation;
import java.util.List;

/**
 * One row of a MobileNet's table.
 *
 * @param kind what it is
 * @param kernel size of its (depthwise) kernel
 * @param stride before output strides change it
 * @param filters channels out, before the width factor
 * @param activation of its convolutions
 * @param seRatio squeeze-and-excitation ratio, 0 for none
 * @param expandRatio of an inverted bottleneck
 * @param output whether its result is a level
 */
record MobileNetBlock(
    Kind kind,
    int kernel,
    int stride,
    int filters,
    Activation activation,
    double seRatio,
    double expandRatio,
    boolean output) {

  enum Kind {
    CONV,
    /** A convolution with a bias and no norm. */
    BIASED_CONV,
    SEPARABLE,
    INVERTED,
    GLOBAL_POOL
  }

  static List<MobileNetBlock> table(String modelId) {
    return switch (modelId) {
      case "MobileNetV1" -> V1;
      case "MobileNetV2" -> V2;
      case "MobileNetV3Large" -> V3_LARGE;
      case "MobileNetV3Small" -> V3_SMALL;
      default ->
          throw new ConfigException(
              "backbone.mobilenet.model_id: '%s' is unknown; write MobileNetV1, MobileNetV2,"
                      .formatted(modelId)
                  + " MobileNetV3Large or MobileNetV3Small");
    };
  }

  private static final List<MobileNetBlock> V1 =
      List.of(
          conv(3, 2, 32, RELU6),
          separable(1, 64),
          separable(2, 128),
          separable(1, 128).asOutput(),
          separable(2, 256),
          separable(1, 256).asOutput(),
          separable(2, 512),
          separable(1, 512),
          separable(1, 512),
          separable(1, 512),
          separable(1, 512),
          separable(1, 512).asOutput(),
          separable(2, 1024),
          separable(1, 1024).asOutput());

  private static final List<MobileNetBlock> V2 =
      List.of(
          conv(3, 2, 32, RELU6),
          inverted(3, 1, 16, RELU6, 0, 1),
          inverted(3, 2, 24, RELU6, 0, 6),
          inverted(3, 1, 24, RELU6, 0, 6).asOutput(),
          inverted(3, 2, 32, RELU6, 0, 6),
          inverted(3, 1, 32, RELU6, 0, 6),
          inverted(3, 1, 32, RELU6, 0, 6).asOutput(),
          inverted(3, 2, 64, RELU6, 0, 6),
          inverted(3, 1, 64, RELU6, 0, 6),
          inverted(3, 1, 64, RELU6, 0, 6),
          inverted(3, 1, 64, RELU6, 0, 6),
          inverted(3, 1, 96, RELU6, 0, 6),
          inverted(3, 1, 96, RELU6, 0, 6),
          inverted(3, 1, 96, RELU6, 0, 6).asOutput(),
          inverted(3, 2, 160, RELU6, 0, 6),
          inverted(3, 1, 160, RELU6, 0, 6),
          inverted(3, 1, 160, RELU6, 0, 6),
          inverted(3, 1, 320, RELU6, 0, 6).asOutput(),
          conv(1, 1, 1280, RELU6));

  private static final List<MobileNetBlock> V3_LARGE =
      List.of(
          conv(3, 2, 16, HARD_SWISH),
          inverted(3, 1, 16, RELU, 0, 1),
          inverted(3, 2, 24, RELU, 0, 4),
          inverted(3, 1, 24, RELU, 0, 3).asOutput(),
          inverted(5, 2, 40, RELU, 0.25, 3),
          inverted(5, 1, 40, RELU, 0.25, 3),
          inverted(5, 1, 40, RELU, 0.25, 3).asOutput(),
          inverted(3, 2, 80, HARD_SWISH, 0, 6),
          inverted(3, 1, 80, HARD_SWISH, 0, 2.5),
          inverted(3, 1, 80, HARD_SWISH, 0, 2.3),
          inverted(3, 1, 80, HARD_SWISH, 0, 2.3),
          inverted(3, 1, 112, HARD_SWISH, 0.25, 6),
          inverted(3, 1, 112, HARD_SWISH, 0.25, 6).asOutput(),
          inverted(5, 2, 160, HARD_SWISH, 0.25, 6),
          inverted(5, 1, 160, HARD_SWISH, 0.25, 6),
          inverted(5, 1, 160, HARD_SWISH, 0.25, 6).asOutput(),
          conv(1, 1, 960, HARD_SWISH),
          globalPool(),
          biased(1280));

  private static final List<MobileNetBlock> V3_SMALL =
      List.of(
          conv(3, 2, 16, HARD_SWISH),
          inverted(3, 2, 16, RELU, 0.25, 1).asOutput(),
          inverted(3, 2, 24, RELU, 0, 72.0 / 16),
          inverted(3, 1, 24, RELU, 0, 88.0 / 24).asOutput(),
          inverted(5, 2, 40, HARD_SWISH, 0.25, 4),
          inverted(5, 1, 40, HARD_SWISH, 0.25, 6),
          inverted(5, 1, 40, HARD_SWISH, 0.25, 6),
          inverted(5, 1, 48, HARD_SWISH, 0.25, 3),
          inverted(5, 1, 48, HARD_SWISH, 0.25, 3).asOutput(),
          inverted(5, 2, 96, HARD_SWISH, 0.25, 6),
          inverted(5, 1, 96, HARD_SWISH, 0.25, 6),
          inverted(5, 1, 96, HARD_SWISH, 0.25, 6).asOutput(),
          conv(1, 1, 576, HARD_SWISH),
          globalPool(),
          biased(1024));

  private static MobileNetBlock conv(int kernel, int stride, int filters, Activation activation) {
    return new MobileNetBlock(Kind.CONV, kernel, stride, filters, activation, 0, 0, false);
  }

  private static MobileNetBlock biased(int filters) {
    return new MobileNetBlock(Kind.BIASED_CONV, 1, 1, filters, HARD_SWISH, 0, 0, false);
  }

  private static MobileNetBlock separable(int stride, int filters) {
    return new MobileNetBlock(Kind.SEPARABLE, 3, stride, filters, RELU6, 0, 0, false);
  }

  private static MobileNetBlock inverted(
      int kernel,
      int stride,
      int filters,
      Activation activation,
      double seRatio,
      double expandRatio) {
    return new MobileNetBlock(
        Kind.INVERTED, kernel, stride, filters, activation, seRatio, expandRatio, false);
  }

  private static MobileNetBlock globalPool() {
    return new MobileNetBlock(Kind.GLOBAL_POOL, 1, 1, 0, RELU, 0, 0, false);
  }

  private MobileNetBlock asOutput() {
    return new MobileNetBlock(
        kind, kernel, stride, filters, activation, seRatio, expandRatio, true);
  }
}
