package io.segue.model.data;

import java.util.Optional;

/**
 * How decoded examples become network inputs: the arguments of the reference's {@code Parser}.
 *
 * @param outputSize size of the network's input
 * @param cropSize random crop taken out of an image resized to {@code outputSize}; then this is the
 *     input's size
 * @param resizeEvalGroundtruth false: evaluation labels keep their own size
 * @param gtIsMattingMap labels are grey values 0–255 of a matting map
 * @param groundtruthPaddedSize canvas of labels that keep their own size
 * @param ignoreLabel label of pixels that do not count, and of padding
 * @param augRandHflip mirror half of the training images
 * @param aspectRatio what becomes of images of another shape
 * @param augScaleMin smallest random scale in training
 * @param augScaleMax largest one; equal to the smallest: no jitter if both are 1
 * @param centeredCrop pad on all sides instead of bottom and right
 */
public record ParserOptions(
    Size outputSize,
    Optional<Size> cropSize,
    boolean resizeEvalGroundtruth,
    boolean gtIsMattingMap,
    Optional<Size> groundtruthPaddedSize,
    int ignoreLabel,
    boolean augRandHflip,
    AspectRatio aspectRatio,
    double augScaleMin,
    double augScaleMax,
    boolean centeredCrop) {

  /** Checks what the reference checks late or not at all. */
  public ParserOptions {
    if (!resizeEvalGroundtruth && groundtruthPaddedSize.isEmpty()) {
      throw new IllegalArgumentException(
          "resize_eval_groundtruth: false needs a groundtruth_padded_size");
    }
    if (!resizeEvalGroundtruth && centeredCrop) {
      throw new IllegalArgumentException(
          "centered_crop cannot be combined with resize_eval_groundtruth: false");
    }
    if (!(augScaleMin > 0 && augScaleMax >= augScaleMin)) {
      throw new IllegalArgumentException(
          "aug_scale_min %s and aug_scale_max %s; 0 < min <= max is needed"
              .formatted(augScaleMin, augScaleMax));
    }
    if (cropSize.isPresent() && aspectRatio == AspectRatio.STRETCHED_FIRST) {
      throw new IllegalArgumentException(
          "crop_size needs preserve_aspect_ratio: the crop already works on a resized image");
    }
  }

  /** No augmentation, aspect ratio kept, padding with {@code ignoreLabel}. */
  public static ParserOptions plain(Size outputSize, int ignoreLabel) {
    return new ParserOptions(
        outputSize,
        Optional.empty(),
        true,
        false,
        Optional.empty(),
        ignoreLabel,
        false,
        AspectRatio.PRESERVED,
        1,
        1,
        false);
  }

  /** Size of what training sees. */
  public Size trainingSize() {
    return cropSize.orElse(outputSize);
  }
}
