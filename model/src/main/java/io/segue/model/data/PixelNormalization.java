package io.segue.model.data;

/**
 * The reference's {@code normalize_image} of training: {@code (value / 255 - mean) / std} by
 * channel, with ImageNet's figures in RGB order.
 */
final class PixelNormalization {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] STD = {0.229f, 0.224f, 0.225f};
  private static final float[][] TABLE = new float[3][256];

  static {
    for (int c = 0; c < 3; c++) {
      for (int value = 0; value < 256; value++) {
        TABLE[c][value] = (value * (1f / 255) - MEAN[c]) / STD[c];
      }
    }
  }

  private PixelNormalization() {}

  static FloatMap normalize(Pixels rgb) {
    FloatMap map = new FloatMap(rgb.height(), rgb.width(), 3);
    byte[] from = rgb.values();
    float[] to = map.values();
    for (int i = 0; i < to.length; i += 3) {
      to[i] = TABLE[0][from[i] & 0xff];
      to[i + 1] = TABLE[1][from[i + 1] & 0xff];
      to[i + 2] = TABLE[2][from[i + 2] & 0xff];
    }
    return map;
  }
}
