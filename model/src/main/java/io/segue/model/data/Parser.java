package io.segue.model.data;

import java.util.Arrays;
import java.util.Optional;

/**
 * Decoded pixels to network input and labels: the reference's {@code segmentation_input.Parser},
 * with its order of steps and its draws.
 */
final class Parser {
  private final ParserOptions options;

  Parser(ParserOptions options) {
    this.options = options;
  }

  /** With augmentation. */
  ParsedExample forTraining(FloatMap normalized, Pixels grey, Draws draws) {
    FloatMap image = normalized;
    FloatMap label = label(grey, false);
    if (options.aspectRatio() == AspectRatio.STRETCHED_FIRST) {
      image = Resampling.BILINEAR.resize(image, options.outputSize());
      label = Resampling.NEAREST.resize(label, options.outputSize());
    }
    Optional<Size> crop = options.cropSize();
    if (crop.isPresent()) {
      image = Resampling.BILINEAR.resize(image, options.outputSize());
      label = Resampling.NEAREST.resize(label, options.outputSize());
      int y = margin(image.height() - crop.get().height(), draws);
      int x = margin(image.width() - crop.get().width(), draws);
      image = image.window(y, x, crop.get());
      label = label.window(y, x, crop.get());
    }
    if (options.augRandHflip() && draws.uniform(0, 1) < 0.5f) {
      image = image.flipped();
      label = label.flipped();
    }
    return fitted(image, label, geometry(image.size(), options.trainingSize(), draws));
  }

  private static int margin(int pixels, Draws draws) {
    if (pixels < 0) {
      throw new IllegalArgumentException(
          "crop_size exceeds output_size by %d pixels; make it smaller".formatted(-pixels));
    }
    return pixels == 0 ? 0 : Math.min((int) draws.uniform(0, pixels + 1f), pixels);
  }

  private CropGeometry geometry(Size image, Size desired, Draws draws) {
    boolean keep = options.aspectRatio() != AspectRatio.STRETCHED;
    if (options.augScaleMin() == 1 && options.augScaleMax() == 1) {
      return CropGeometry.plain(image, desired, keep);
    }
    float scale = draws.uniform((float) options.augScaleMin(), (float) options.augScaleMax());
    float shareY = draws.uniform(0, 1);
    float shareX = draws.uniform(0, 1);
    return CropGeometry.jittered(image, desired, scale, shareY, shareX, keep);
  }

  /** Without augmentation. */
  ParsedExample forEvaluation(FloatMap normalized, Pixels grey) {
    Size size = options.outputSize();
    FloatMap image = normalized;
    FloatMap label = label(grey, true);
    if (options.aspectRatio() == AspectRatio.STRETCHED_FIRST) {
      image = Resampling.BILINEAR.resize(image, size);
      label = Resampling.NEAREST.resize(label, size);
    }
    CropGeometry geometry =
        CropGeometry.plain(image.size(), size, options.aspectRatio() != AspectRatio.STRETCHED);
    if (options.resizeEvalGroundtruth()) {
      return fitted(image, label, geometry);
    }
    return new ParsedExample(
        geometry.image(image, size, false, Resampling.BILINEAR), padded(label), geometry);
  }

  private ParsedExample fitted(FloatMap image, FloatMap label, CropGeometry geometry) {
    Size size = geometry.desired();
    FloatMap fitted = geometry.image(image, size, options.centeredCrop(), Resampling.BILINEAR);
    // Labels are shifted by one, so that the zeros of the padding can be told from class 0.
    FloatMap masks = geometry.label(shifted(label, 1), options.centeredCrop());
    float[] values = masks.values();
    for (int i = 0; i < values.length; i++) {
      float value = values[i] - 1;
      values[i] = value == -1 ? options.ignoreLabel() : value;
    }
    return new ParsedExample(fitted, masks, geometry);
  }

  private FloatMap padded(FloatMap label) {
    Size canvas = options.groundtruthPaddedSize().orElseThrow();
    if (label.height() > canvas.height() || label.width() > canvas.width()) {
      throw new IllegalArgumentException(
          "label of %s does not fit groundtruth_padded_size %s".formatted(label.size(), canvas));
    }
    FloatMap out = new FloatMap(canvas.height(), canvas.width(), 1);
    Arrays.fill(out.values(), options.ignoreLabel());
    for (int y = 0; y < label.height(); y++) {
      System.arraycopy(
          label.values(), y * label.width(), out.values(), y * canvas.width(), label.width());
    }
    return out;
  }

  private FloatMap label(Pixels grey, boolean evaluation) {
    FloatMap label = new FloatMap(grey.height(), grey.width(), 1);
    float[] to = label.values();
    for (int i = 0; i < to.length; i++) {
      float value = grey.values()[i] & 0xff;
      if (options.gtIsMattingMap()) {
        value /= 255;
        value = evaluation ? (value > 0.5f ? 1 : 0) : value;
      }
      to[i] = value;
    }
    return label;
  }

  private static FloatMap shifted(FloatMap map, float by) {
    float[] values = map.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += by;
    }
    return new FloatMap(map.height(), map.width(), map.channels(), values);
  }
}
