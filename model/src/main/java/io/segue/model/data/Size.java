package io.segue.model.data;

/**
 * Extent of an image.
 *
 * @param height rows, 1 or more
 * @param width columns, 1 or more
 */
public record Size(int height, int width) {

  /** Checks that both are positive. */
  public Size {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "size %d×%d; both must be 1 or more".formatted(height, width));
    }
  }

  /** The smallest size no smaller than this one whose sides are multiples of {@code stride}. */
  public Size roundedUpTo(int stride) {
    return new Size(
        (height + stride - 1) / stride * stride, (width + stride - 1) / stride * stride);
  }

  @Override
  public String toString() {
    return height + "×" + width;
  }
}
