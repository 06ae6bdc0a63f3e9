package io.segue.model.layer;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * 1×1, 3×3 and 1×1 convolution around a shortcut, the stride in the 3×3 one; gives 4 × {@code
 * filters} channels (He et al. 2016; {@code BottleneckBlock} of the reference's {@code
 * nn_blocks.py}). Weights below its key: {@code _shortcut} (or {@code _shortcut1}), {@code _norm0}
 * (with projection), {@code _conv1} to {@code _conv3}, {@code _norm1} to {@code _norm3}, {@code
 * _squeeze_excitation}.
 *
 * @param filters channels inside
 * @param stride of the 3×3 convolution and of the shortcut
 * @param dilation of the 3×3 convolution
 * @param projection a convolution on the shortcut
 * @param resnetdShortcut the projection averages 2×2 pixels instead of skipping some
 * @param seRatio squeeze-and-excitation ratio, 0 for none
 * @param dropRate stochastic depth in training
 * @param style norm and activation
 */
public record BottleneckBlock(
    int filters,
    int stride,
    int dilation,
    boolean projection,
    boolean resnetdShortcut,
    double seRatio,
    double dropRate,
    NormActivation style)
    implements ResNetBlock {
  private static final int EXPANSION = 4;

  @Override
  public Operand<TFloat32> build(Layers layers, String key, Operand<TFloat32> x) {
    Operand<TFloat32> shortcut = projection ? projected(layers, key, x) : x;
    Operand<TFloat32> y =
        style.conv(layers, key + "/_conv1", Conv.of(filters, 1), key + "/_norm1", x);
    y =
        style.conv(
            layers,
            key + "/_conv2",
            Conv.of(filters, 3).stride(stride).dilation(dilation),
            key + "/_norm2",
            y);
    y =
        layers.convNorm(
            key + "/_conv3", Conv.of(EXPANSION * filters, 1), key + "/_norm3", style.norm(), y);
    return ResNetBlock.close(layers, key, seRatio, dropRate, style, shortcut, y);
  }

  private Operand<TFloat32> projected(Layers layers, String key, Operand<TFloat32> x) {
    Conv project = Conv.of(EXPANSION * filters, 1);
    if (!resnetdShortcut) {
      return layers.convNorm(
          key + "/_shortcut", project.stride(stride), key + "/_norm0", style.norm(), x);
    }
    Operand<TFloat32> pooled =
        Resampling.averagePool(layers.tf(), x, List.of(2, 2), List.of(stride, stride), "SAME");
    return layers.convNorm(key + "/_shortcut1", project, key + "/_norm0", style.norm(), pooled);
  }
}
