package io.segue.model.config;

/**
 * How pixels become the network's input: {@code (value - mean) / standard deviation} per RGB
 * channel, on values 0 to 255. The reference's ImageNet constants ({@code preprocess_ops.py}).
 */
public final class ImageNormalization {
  private static final float[] MEAN = {0.485f * 255, 0.456f * 255, 0.406f * 255};
  private static final float[] STANDARD_DEVIATION = {0.229f * 255, 0.224f * 255, 0.225f * 255};

  private ImageNormalization() {}

  /** The mean of each channel, red first, on the scale 0 to 255. */
  public static float[] mean() {
    return MEAN.clone();
  }

  /** The standard deviation of each channel, red first, on the scale 0 to 255. */
  public static float[] standardDeviation() {
    return STANDARD_DEVIATION.clone();
  }
}
