package io.segue.model.data;

/**
 * TensorFlow's resize kernels (half-pixel centres, no antialias), computed for a window of the
 * resized map only: a crop costs what it shows, not what it was cut from. Float32 throughout, as
 * the kernels are.
 */
enum Resampling {
  /** {@code ResizeBilinear}. */
  BILINEAR {
    @Override
    void row(FloatMap from, Axis ys, int y, Axis xs, float[] out, int at) {
      int channels = from.channels();
      float[] values = from.values();
      int top = ys.lower[y] * from.width();
      int bottom = ys.upper[y] * from.width();
      float down = ys.weight[y];
      int target = at;
      for (int x = 0; x < xs.length(); x++) {
        int left = xs.lower[x];
        int right = xs.upper[x];
        float across = xs.weight[x];
        for (int c = 0; c < channels; c++) {
          float upperLeft = values[(top + left) * channels + c];
          float upper = upperLeft + (values[(top + right) * channels + c] - upperLeft) * across;
          float lowerLeft = values[(bottom + left) * channels + c];
          float lower = lowerLeft + (values[(bottom + right) * channels + c] - lowerLeft) * across;
          out[target++] = upper + (lower - upper) * down;
        }
      }
    }
  },
  /** {@code ResizeNearestNeighbor}. */
  NEAREST {
    @Override
    void row(FloatMap from, Axis ys, int y, Axis xs, float[] out, int at) {
      int channels = from.channels();
      int row = ys.nearest[y] * from.width();
      for (int x = 0; x < xs.length(); x++) {
        System.arraycopy(
            from.values(), (row + xs.nearest[x]) * channels, out, at + x * channels, channels);
      }
    }
  };

  abstract void row(FloatMap from, Axis ys, int y, Axis xs, float[] out, int at);

  /** The whole map at another size. */
  FloatMap resize(FloatMap from, Size size) {
    FloatMap to = new FloatMap(size.height(), size.width(), from.channels());
    place(from, size, 0, 0, size, to, 0, 0);
    return to;
  }

  /**
   * Resizes {@code from} to {@code scaled}, cuts {@code window} out at {@code (offsetY, offsetX)}
   * and puts it into {@code to} at {@code (top, left)}.
   */
  void place(
      FloatMap from,
      Size scaled,
      int offsetY,
      int offsetX,
      Size window,
      FloatMap to,
      int top,
      int left) {
    Axis ys = new Axis(from.height(), scaled.height(), offsetY, window.height());
    Axis xs = new Axis(from.width(), scaled.width(), offsetX, window.width());
    for (int y = 0; y < window.height(); y++) {
      row(from, ys, y, xs, to.values(), ((top + y) * to.width() + left) * to.channels());
    }
  }

  /** Where the points of a window of the resized axis lie on the original one. */
  static final class Axis {
    private final int[] lower;
    private final int[] upper;
    private final int[] nearest;
    private final float[] weight;

    Axis(int from, int to, int offset, int length) {
      lower = new int[length];
      upper = new int[length];
      nearest = new int[length];
      weight = new float[length];
      float scale = (float) from / to;
      for (int i = 0; i < length; i++) {
        float position = (offset + i + 0.5f) * scale;
        nearest[i] = Math.min((int) Math.floor(position), from - 1);
        float source = position - 0.5f;
        float floor = (float) Math.floor(source);
        lower[i] = Math.max((int) floor, 0);
        upper[i] = Math.min((int) Math.ceil(source), from - 1);
        weight[i] = source - floor;
      }
    }

    int length() {
      return lower.length;
    }
  }
}
