package io.segue.model.data;

/**
 * How an image is scaled and cropped to a desired size: the arithmetic of the reference's {@code
 * resize_and_crop_image}, in float32 and rounding half to even as it does.
 *
 * @param original the image's own size
 * @param desired the size aimed at
 * @param scaled the size to which the whole image is resized
 * @param scaleY {@code scaled / original}, rows
 * @param scaleX the same for columns
 * @param offsetY first row of the crop in the scaled image
 * @param offsetX first column of the crop
 */
record CropGeometry(
    Size original,
    Size desired,
    Size scaled,
    float scaleY,
    float scaleX,
    int offsetY,
    int offsetX) {

  /** Without jitter: the scaled image never exceeds the desired size. */
  static CropGeometry plain(Size original, Size desired, boolean keepAspectRatio) {
    return of(original, desired, desired.height(), desired.width(), 0, 0, keepAspectRatio);
  }

  /**
   * With jitter.
   *
   * @param scale factor on the desired size
   * @param shareY share of the vertical margin, 0–1, at which the crop begins
   * @param shareX the same for columns
   */
  static CropGeometry jittered(
      Size original,
      Size desired,
      float scale,
      float shareY,
      float shareX,
      boolean keepAspectRatio) {
    return of(
        original,
        desired,
        (float) Math.rint(scale * desired.height()),
        (float) Math.rint(scale * desired.width()),
        shareY,
        shareX,
        keepAspectRatio);
  }

  private static CropGeometry of(
      Size original,
      Size desired,
      float height,
      float width,
      float shareY,
      float shareX,
      boolean keepAspectRatio) {
    float scaledHeight = height;
    float scaledWidth = width;
    if (keepAspectRatio) {
      float ratio = Math.min(height / original.height(), width / original.width());
      scaledHeight = (float) Math.rint(original.height() * ratio);
      scaledWidth = (float) Math.rint(original.width() * ratio);
    }
    return new CropGeometry(
        original,
        desired,
        new Size(Math.max(1, (int) scaledHeight), Math.max(1, (int) scaledWidth)),
        scaledHeight / original.height(),
        scaledWidth / original.width(),
        (int) (Math.max(scaledHeight - desired.height(), 0) * shareY),
        (int) (Math.max(scaledWidth - desired.width(), 0) * shareX));
  }

  /** The size to which labels are resized: truncated, so sometimes a pixel less than the image. */
  Size scaledLabel() {
    return new Size(
        Math.max(1, (int) (scaleY * original.height())),
        Math.max(1, (int) (scaleX * original.width())));
  }

  /** What is left of a map of size {@code resized} after the crop. */
  Size window(Size resized) {
    return new Size(
        Math.max(1, Math.min(resized.height() - offsetY, desired.height())),
        Math.max(1, Math.min(resized.width() - offsetX, desired.width())));
  }

  /** The scaled crop, zero beyond the image. */
  FloatMap image(FloatMap image, Size padded, boolean centred, Resampling resampling) {
    FloatMap out = new FloatMap(padded.height(), padded.width(), image.channels());
    Size window = window(scaled);
    int top = centred ? (padded.height() - window.height()) / 2 : 0;
    int left = centred ? (padded.width() - window.width()) / 2 : 0;
    resampling.place(image, scaled, offsetY, offsetX, window, out, top, left);
    return out;
  }

  /** The label that belongs to {@link #image}, of the desired size, zero beyond the image. */
  FloatMap label(FloatMap label, boolean centred) {
    FloatMap out = new FloatMap(desired.height(), desired.width(), label.channels());
    Size resized = scaledLabel();
    Size window = window(resized);
    int top = centred ? (desired.height() - window.height()) / 2 : 0;
    int left = centred ? (desired.width() - window.width()) / 2 : 0;
    Resampling.NEAREST.place(label, resized, offsetY, offsetX, window, out, top, left);
    return out;
  }

  /** The reference's {@code image_info}: original size, desired size, scale, offset. */
  float[][] imageInfo() {
    return new float[][] {
      {original.height(), original.width()},
      {desired.height(), desired.width()},
      {scaleY, scaleX},
      {offsetY, offsetX}
    };
  }
}
