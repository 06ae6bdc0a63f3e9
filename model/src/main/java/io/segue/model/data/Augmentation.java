package io.segue.model.data;

import java.util.Optional;

/**
 * How training changes each image.
 *
 * @param resized size to which images are brought exactly before the random crop; empty: no crop of
 *     its own, the random scale crops and pads
 * @param flip mirror half of the images
 * @param scaleMin smallest random scale
 * @param scaleMax largest one
 * @param aspectRatio what becomes of images of another shape
 * @param centeredCrop pad on all sides instead of bottom and right
 * @param photometric random changes of colour
 */
public record Augmentation(
    Optional<Size> resized,
    boolean flip,
    double scaleMin,
    double scaleMax,
    AspectRatio aspectRatio,
    boolean centeredCrop,
    Photometric photometric) {
  /** Mirrored images, stretched to the input's shape, as the serving graph stretches frames. */
  public static final Augmentation DEFAULT =
      new Augmentation(
          Optional.empty(), true, 1, 1, AspectRatio.STRETCHED, false, Photometric.NONE);

  /** Checks the ranges. */
  public Augmentation {
    if (!(scaleMin > 0 && scaleMin <= scaleMax)) {
      throw new IllegalArgumentException(
          "scaleMin is %s; it must be above 0, up to scaleMax (%s)".formatted(scaleMin, scaleMax));
    }
  }

  /** The same with other mirroring. */
  public Augmentation flipped(boolean mirrored) {
    return new Augmentation(
        resized, mirrored, scaleMin, scaleMax, aspectRatio, centeredCrop, photometric);
  }

  /** The same with another range of scales. */
  public Augmentation scaled(double min, double max) {
    return new Augmentation(resized, flip, min, max, aspectRatio, centeredCrop, photometric);
  }

  /**
   * The parser's options.
   *
   * @param input size of what the network sees
   * @param mattingMaps whether labels are matting maps
   */
  public ParserOptions parser(Size input, int ignoreLabel, boolean mattingMaps) {
    return new ParserOptions(
        resized.orElse(input),
        resized.map(size -> input),
        true,
        mattingMaps,
        Optional.empty(),
        ignoreLabel,
        flip,
        aspectRatio,
        scaleMin,
        scaleMax,
        centeredCrop);
  }
}
