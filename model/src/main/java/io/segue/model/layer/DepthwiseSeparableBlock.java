package io.segue.model.layer;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Depthwise and 1×1 convolution, each with norm and activation (MobileNetV1; {@code
 * DepthwiseSeparableConvBlock} of the reference). Weights below its key: {@code _dwconv0}, {@code
 * _norm0}, {@code _conv1}, {@code _norm1}.
 *
 * @param filters channels out
 * @param kernel size of the depthwise kernel
 * @param stride of the depthwise convolution
 * @param dilation of the depthwise convolution
 * @param depthwiseRegularised whether weight decay applies to the depthwise kernel
 * @param style norm and activation
 */
public record DepthwiseSeparableBlock(
    int filters,
    int kernel,
    int stride,
    int dilation,
    boolean depthwiseRegularised,
    NormActivation style) {

  /** Builds the block. */
  public Operand<TFloat32> build(Layers layers, String key, Operand<TFloat32> x) {
    Conv depthwise =
        Conv.depthwise(kernel)
            .stride(stride)
            .dilation(dilation)
            .initializer(Initializer.GLOROT_UNIFORM)
            .regularised(depthwiseRegularised);
    NormActivation function = style.asFunction();
    Operand<TFloat32> y = function.conv(layers, key + "/_dwconv0", depthwise, key + "/_norm0", x);
    return function.conv(layers, key + "/_conv1", Conv.of(filters, 1), key + "/_norm1", y);
  }
}
