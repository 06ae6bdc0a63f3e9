package io.segue.model.layer;

import java.util.function.Consumer;

/**
 * A convolution of feature maps. By default: stride 1, no dilation, SAME padding as TensorFlow
 * pads, no bias, the reference's {@code 'VarianceScaling'}, regularised. Each method returns a
 * changed copy.
 *
 * @param kind which weights it has
 * @param filters channels out; the channels in for a depthwise one
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param stride pixels between outputs
 * @param dilation pixels between taps; above 1 only with stride 1
 * @param padding {@code SAME} or {@code VALID}
 * @param bias whether a bias is added
 * @param initializer of all kernels
 * @param regularised whether weight decay applies to the kernels
 */
public record Conv(
    Kind kind,
    int filters,
    int kernelHeight,
    int kernelWidth,
    int stride,
    int dilation,
    String padding,
    boolean bias,
    Initializer initializer,
    boolean regularised) {

  /** Which weights a convolution has. */
  public enum Kind {
    /** {@code kernel [height, width, in, out]}. */
    PLAIN,
    /** {@code depthwise_kernel [height, width, in, 1]}: each channel by itself. */
    DEPTHWISE,
    /**
     * {@code depthwise_kernel [height, width, in, 1]}, {@code pointwise_kernel [1, 1, in, out]}.
     */
    SEPARABLE
  }

  public Conv {
    if (stride > 1 && dilation > 1) {
      throw new IllegalArgumentException(
          "stride %d with dilation %d: one of them must be 1".formatted(stride, dilation));
    }
    if (dilation > 1 && (kernelHeight % 2 == 0 || kernelWidth % 2 == 0)) {
      throw new IllegalArgumentException(
          "dilation %d needs odd kernel sizes, not %d×%d"
              .formatted(dilation, kernelHeight, kernelWidth));
    }
    if (filters < 0 || kernelHeight < 1 || kernelWidth < 1 || stride < 1 || dilation < 1) {
      throw new IllegalArgumentException("filters, kernel, stride and dilation must be positive");
    }
  }

  /** A square convolution to {@code filters} channels. */
  public static Conv of(int filters, int kernel) {
    return of(Kind.PLAIN, filters, kernel);
  }

  /** A square depthwise convolution, one filter a channel. */
  public static Conv depthwise(int kernel) {
    return of(Kind.DEPTHWISE, 0, kernel);
  }

  /** A depthwise and a 1×1 convolution as one layer. */
  public static Conv separable(int filters, int kernel) {
    return of(Kind.SEPARABLE, filters, kernel);
  }

  private static Conv of(Kind kind, int filters, int kernel) {
    return new Conv(
        kind, filters, kernel, kernel, 1, 1, "SAME", false, Initializer.VARIANCE_SCALING, true);
  }

  /** With this stride. */
  public Conv stride(int pixels) {
    return with(copy -> copy.stride = pixels);
  }

  /** With this dilation. */
  public Conv dilation(int pixels) {
    return with(copy -> copy.dilation = pixels);
  }

  /** With a kernel of this size. */
  Conv kernel(int rows, int columns) {
    return with(
        copy -> {
          copy.kernelHeight = rows;
          copy.kernelWidth = columns;
        });
  }

  /** Without padding. */
  public Conv valid() {
    return with(copy -> copy.padding = "VALID");
  }

  /** With a bias that starts at 0. */
  public Conv withBias() {
    return with(copy -> copy.bias = true);
  }

  /** With kernels that start from this distribution. */
  public Conv initializer(Initializer kernels) {
    return with(copy -> copy.initializer = kernels);
  }

  /** With or without weight decay on the kernels. */
  public Conv regularised(boolean decays) {
    return with(copy -> copy.regularised = decays);
  }

  private Conv with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return new Conv(
        kind,
        filters,
        copy.kernelHeight,
        copy.kernelWidth,
        copy.stride,
        copy.dilation,
        copy.padding,
        copy.bias,
        copy.initializer,
        copy.regularised);
  }

  /** What a method may change, while it does. */
  private static final class Copy {
    private int kernelHeight;
    private int kernelWidth;
    private int stride;
    private int dilation;
    private String padding;
    private boolean bias;
    private Initializer initializer;
    private boolean regularised;

    private Copy(Conv conv) {
      kernelHeight = conv.kernelHeight;
      kernelWidth = conv.kernelWidth;
      stride = conv.stride;
      dilation = conv.dilation;
      padding = conv.padding;
      bias = conv.bias;
      initializer = conv.initializer;
      regularised = conv.regularised;
    }
  }
}
