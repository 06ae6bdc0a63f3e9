package io.segue.model.layer;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Expand, depthwise, project (MobileNetV2; {@code InvertedBottleneckBlock} of the reference's
 * {@code nn_blocks.py}). Set what differs from the defaults, then {@link #build}.
 */
public final class InvertedBottleneckBlock {
  private final int inFilters;
  private final int outFilters;
  private final double expandRatio;
  private final int stride;
  private final NormActivation style;
  private int kernelSize = 3;
  private int dilation = 1;
  private int divisor = 1;
  private double seRatio;
  private boolean seOnExpanded;
  private boolean seProtect = true;
  private Activation seInner = Activation.RELU;
  private Activation seGate = Activation.SIGMOID;
  private Optional<Activation> depthwiseActivation = Optional.empty();
  private double dropRate;
  private boolean depthwise = true;
  private boolean residual = true;
  private boolean depthwiseRegularised;

  /** A block of {@code expandRatio} × {@code inFilters} channels inside. */
  public InvertedBottleneckBlock(
      int inFilters, int outFilters, double expandRatio, int stride, NormActivation style) {
    this.inFilters = inFilters;
    this.outFilters = outFilters;
    this.expandRatio = expandRatio;
    this.stride = stride;
    this.style = style;
  }

  /**
   * What a block gives.
   *
   * @param output the block's result
   * @param depthwise what went into squeeze-and-excitation or the projection
   */
  public record Result(Operand<TFloat32> output, Operand<TFloat32> depthwise) {}

  /** Size of the depthwise kernel, 3 by default. */
  public InvertedBottleneckBlock kernelSize(int size) {
    this.kernelSize = size;
    return this;
  }

  /** Dilation of the depthwise kernel, 1 by default. */
  public InvertedBottleneckBlock dilation(int pixels) {
    this.dilation = pixels;
    return this;
  }

  /** What expanded and squeezed channels are multiples of, 1 by default. */
  public InvertedBottleneckBlock divisor(int channels) {
    this.divisor = channels;
    return this;
  }

  /** Squeeze-and-excitation with this ratio of the block's input channels; 0, the default: none. */
  public InvertedBottleneckBlock squeeze(double ratio, Activation inner, Activation gate) {
    this.seRatio = ratio;
    this.seInner = inner;
    this.seGate = gate;
    return this;
  }

  /** Takes the squeeze ratio of the expanded channels. */
  public InvertedBottleneckBlock squeezeOnExpanded(boolean expanded) {
    this.seOnExpanded = expanded;
    return this;
  }

  /** Whether rounding may not take over a tenth of the squeezed channels; true by default. */
  public InvertedBottleneckBlock squeezeProtect(boolean protect) {
    this.seProtect = protect;
    return this;
  }

  /** Another activation behind the depthwise convolution. */
  public InvertedBottleneckBlock depthwiseActivation(Activation activation) {
    this.depthwiseActivation = Optional.of(activation);
    return this;
  }

  /** Stochastic depth in training, 0 by default. */
  public InvertedBottleneckBlock dropRate(double rate) {
    this.dropRate = rate;
    return this;
  }

  /** False fuses expansion and depthwise convolution into one plain convolution. */
  public InvertedBottleneckBlock useDepthwise(boolean use) {
    this.depthwise = use;
    return this;
  }

  /** Whether input and output are added where they match; true by default. */
  public InvertedBottleneckBlock useResidual(boolean use) {
    this.residual = use;
    return this;
  }

  /** Whether weight decay applies to the depthwise kernel; false by default. */
  public InvertedBottleneckBlock depthwiseRegularised(boolean decays) {
    this.depthwiseRegularised = decays;
    return this;
  }

  /** Builds the block; its weights lie below {@code key}. */
  public Result build(Layers layers, String key, Operand<TFloat32> x) {
    int expanded = Filters.divisible(inFilters * expandRatio, divisor);
    Operand<TFloat32> y = x;
    if (expandRatio > 1) {
      Conv expand = depthwise ? Conv.of(expanded, 1) : Conv.of(expanded, kernelSize).stride(stride);
      y = style.conv(layers, key + "/_conv0", expand, key + "/_norm0", y);
    }
    if (depthwise) {
      Conv conv =
          Conv.depthwise(kernelSize)
              .stride(stride)
              .dilation(dilation)
              .regularised(depthwiseRegularised);
      y =
          style
              .with(depthwiseActivation.orElse(style.activation()))
              .conv(layers, key + "/_conv1", conv, key + "/_norm1", y);
    }
    Operand<TFloat32> endpoint = y;
    if (seRatio > 0) {
      y =
          SqueezeExcitation.of(
                  seOnExpanded ? expanded : inFilters,
                  expanded,
                  seRatio,
                  divisor,
                  seProtect,
                  seInner,
                  seGate)
              .build(layers, key + "/_squeeze_excitation", y);
    }
    y = layers.convNorm(key + "/_conv2", Conv.of(outFilters, 1), key + "/_norm2", style.norm(), y);
    if (residual && inFilters == outFilters && stride == 1) {
      y = layers.tf().math.add(layers.stochasticDepth(dropRate, y), x);
    }
    return new Result(y, endpoint);
  }
}
