package io.segue.model.metric;

/**
 * Logits of a letter-boxed image put back onto its original pixels, as the Model Garden's metrics
 * do with {@code rescale_predictions}: bilinear to the size before cropping, the window at the
 * crop's offset, zeros beyond it. A pixel of the original image beyond that window has all-zero
 * logits, so it is predicted as class 0, and it counts.
 */
public final class RescaledLogits {
  private RescaledLogits() {}

  /**
   * Computes the canvas of one image.
   *
   * @param logits {@code [height, width, classes]}, height and width 2 or more
   * @param imageInfo {@code [4, 2]}: original size, desired size, scale, offset
   * @return {@code [canvasHeight, canvasWidth, classes]}
   */
  public static float[] onCanvas(
      float[] logits,
      int height,
      int width,
      int classes,
      float[][] imageInfo,
      int canvasHeight,
      int canvasWidth) {
    Axis rows = new Axis(height, imageInfo, 0, canvasHeight);
    Axis columns = new Axis(width, imageInfo, 1, canvasWidth);
    float[] canvas = new float[canvasHeight * canvasWidth * classes];
    for (int y = 0; y < canvasHeight; y++) {
      for (int x = 0; x < canvasWidth; x++) {
        if (!rows.inside[y] || !columns.inside[x]) {
          continue;
        }
        int upper = rows.lower[y] * width;
        int below = upper + width;
        int left = columns.lower[x];
        float wy = rows.weight[y];
        float wx = columns.weight[x];
        for (int c = 0; c < classes; c++) {
          float top =
              logits[(upper + left) * classes + c] * (1 - wx)
                  + logits[(upper + left + 1) * classes + c] * wx;
          float bottom =
              logits[(below + left) * classes + c] * (1 - wx)
                  + logits[(below + left + 1) * classes + c] * wx;
          canvas[(y * canvasWidth + x) * classes + c] = top * (1 - wy) + bottom * wy;
        }
      }
    }
    return canvas;
  }

  /** Whether a canvas pixel lies within the original image. */
  public static boolean withinImage(float[][] imageInfo, int y, int x) {
    return y < imageInfo[0][0] && x < imageInfo[0][1];
  }

  private static final class Axis {
    private final int[] lower;
    private final float[] weight;
    private final boolean[] inside;

    Axis(int from, float[][] info, int axis, int length) {
      lower = new int[length];
      weight = new float[length];
      inside = new boolean[length];
      int resized = (int) Math.ceil(info[1][axis] / info[2][axis]);
      float offset = info[3][axis];
      for (int i = 0; i < length; i++) {
        float position = (i + offset + 0.5f) * ((float) from / resized) - 0.5f;
        float clipped = Math.max(0, Math.min(position, from - 1f));
        lower[i] = Math.max(0, Math.min((int) clipped, from - 2));
        weight[i] = clipped - lower[i];
        inside[i] = i >= -offset && i < resized - offset && i < info[0][axis];
      }
    }
  }
}
