package io.segue.connectors.image;

import io.segue.schemas.avro.DeadLetterCause;

/**
 * The largest image that may be decoded: what a header declares is checked before any pixel is
 * allocated.
 *
 * @param maxSide longest side in pixels
 * @param maxPixels width × height
 */
public record ImageLimits(int maxSide, int maxPixels) {
  /** Up to 8K video: 8192 pixels a side and 8192 × 4352 in all. */
  public static final ImageLimits DEFAULT = new ImageLimits(8192, 8192 * 4352);

  /** For images that this system has made itself: what they show was within the limits then. */
  public static final ImageLimits NONE = new ImageLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

  /** Both limits must be positive. */
  public ImageLimits {
    if (maxSide < 1 || maxPixels < 1) {
      throw new IllegalArgumentException(
          "image limits %d pixels a side and %d in all; both must be at least 1"
              .formatted(maxSide, maxPixels));
    }
  }

  /**
   * Refuses a size above the limits.
   *
   * @throws ImageException with {@link DeadLetterCause#IMAGE_TOO_LARGE}
   */
  void check(int width, int height) {
    if (width > maxSide || height > maxSide || (long) width * height > maxPixels) {
      throw new ImageException(
          DeadLetterCause.IMAGE_TOO_LARGE,
          "image declares %d×%d pixels, the limit is %d a side and %d in all; raise the limit or send smaller frames"
              .formatted(width, height, maxSide, maxPixels));
    }
  }
}
