package io.segue.model.layer;

import org.tensorflow.ndarray.Shape;

/**
 * A kernel without the taps that meet nothing. A dilated tap that lies as far from the centre as
 * the map is wide only ever falls on the padding: its products are all 0.
 */
final class LiveKernel {
  private final Convolution.Step whole;
  private final int rows;
  private final int columns;

  private LiveKernel(Convolution.Step whole, int rows, int columns) {
    this.whole = whole;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * What is left of the kernel of {@code step}: all of it where the map's size is not known.
   *
   * @param map shape of what is convolved, {@code [batch, height, width, channels]}
   */
  static LiveKernel of(Convolution.Step step, Shape map) {
    Conv conv = step.conv();
    return new LiveKernel(
        step,
        live(conv, conv.kernelHeight(), map.get(1)),
        live(conv, conv.kernelWidth(), map.get(2)));
  }

  private static int live(Conv conv, int taps, long pixels) {
    if (conv.dilation() == 1 || !conv.padding().equals("SAME") || pixels == Shape.UNKNOWN_SIZE) {
      return taps;
    }
    return (int) Math.min(taps, 2 * ((pixels - 1) / conv.dilation()) + 1);
  }

  /** Whether nothing is left out. */
  boolean isWhole() {
    return rows == whole.conv().kernelHeight() && columns == whole.conv().kernelWidth();
  }

  /** The step with what is left. */
  Convolution.Step step() {
    if (isWhole()) {
      return whole;
    }
    Conv conv = whole.conv().kernel(rows, columns);
    Shape shape = whole.kernelShape();
    return new Convolution.Step(
        rows * columns == 1 ? conv.dilation(1) : conv,
        whole.depthwise(),
        whole.leaf() + "/" + rows + "x" + columns,
        Shape.of(rows, columns, shape.get(2), shape.get(3)));
  }

  /**
   * The values that are left, from the middle of the kernel.
   *
   * @param kernel of the shape of the whole kernel
   */
  float[] values(float[] kernel) {
    int height = whole.conv().kernelHeight();
    int width = whole.conv().kernelWidth();
    int tap = kernel.length / (height * width);
    float[] left = new float[rows * columns * tap];
    for (int row = 0; row < rows; row++) {
      int from = ((row + (height - rows) / 2) * width + (width - columns) / 2) * tap;
      System.arraycopy(kernel, from, left, row * columns * tap, columns * tap);
    }
    return left;
  }
}
