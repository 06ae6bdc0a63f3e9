package io.segue.model.serve;

/** Bilinear resizing with half-pixel centres in float64, written apart from the code under test. */
final class BilinearOracle {
  private BilinearOracle() {}

  /** {@code [height, width, channels]} to {@code [toHeight, toWidth, channels]}. */
  static double[] resize(
      double[] map, int height, int width, int channels, int toHeight, int toWidth) {
    double[] resized = new double[toHeight * toWidth * channels];
    for (int y = 0; y < toHeight; y++) {
      double atY = clamp((y + 0.5) * height / toHeight - 0.5, height);
      int top = Math.min((int) atY, height - 1);
      int bottom = Math.min(top + 1, height - 1);
      for (int x = 0; x < toWidth; x++) {
        double atX = clamp((x + 0.5) * width / toWidth - 0.5, width);
        int left = Math.min((int) atX, width - 1);
        int right = Math.min(left + 1, width - 1);
        for (int c = 0; c < channels; c++) {
          double upper =
              mix(
                  map[(top * width + left) * channels + c],
                  map[(top * width + right) * channels + c],
                  atX - left);
          double lower =
              mix(
                  map[(bottom * width + left) * channels + c],
                  map[(bottom * width + right) * channels + c],
                  atX - left);
          resized[(y * toWidth + x) * channels + c] = mix(upper, lower, atY - top);
        }
      }
    }
    return resized;
  }

  /** {@code [height, width, channels]} mirrored left to right. */
  static double[] mirror(double[] map, int height, int width, int channels) {
    double[] mirrored = new double[map.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(
            map,
            (y * width + x) * channels,
            mirrored,
            (y * width + width - 1 - x) * channels,
            channels);
      }
    }
    return mirrored;
  }

  private static double clamp(double at, int size) {
    return Math.max(0, Math.min(size - 1, at));
  }

  private static double mix(double a, double b, double share) {
    return a + (b - a) * share;
  }
}
