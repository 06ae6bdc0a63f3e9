package io.segue.model.data;

/** Values {@code [height, width, channels]} in C order. */
@SuppressWarnings("ArrayRecordComponent") // pixels, by far too many to box
record FloatMap(int height, int width, int channels, float[] values) {

  FloatMap(int height, int width, int channels) {
    this(height, width, channels, new float[height * width * channels]);
  }

  Size size() {
    return new Size(height, width);
  }

  /** The window with its top left corner at {@code (y, x)}. */
  FloatMap window(int y, int x, Size size) {
    FloatMap cut = new FloatMap(size.height(), size.width(), channels);
    int row = size.width() * channels;
    for (int i = 0; i < size.height(); i++) {
      System.arraycopy(values, ((y + i) * width + x) * channels, cut.values, i * row, row);
    }
    return cut;
  }

  /** Mirrored left to right. */
  FloatMap flipped() {
    FloatMap mirror = new FloatMap(height, width, channels);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(
            values,
            (y * width + x) * channels,
            mirror.values,
            (y * width + width - 1 - x) * channels,
            channels);
      }
    }
    return mirror;
  }
}
