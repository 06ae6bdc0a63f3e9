package io.segue.operators.admit;

import io.segue.connectors.image.ImageLimits;
import java.io.Serializable;

/**
 * The largest frame that is let in.
 *
 * @param maxBytes encoded size
 * @param maxSide longest side in pixels
 * @param maxPixels width × height
 */
public record FrameLimits(int maxBytes, int maxSide, int maxPixels) implements Serializable {
  /** 64 MiB encoded, up to 8K video. */
  public static final FrameLimits DEFAULT =
      new FrameLimits(64 << 20, ImageLimits.DEFAULT.maxSide(), ImageLimits.DEFAULT.maxPixels());

  public FrameLimits {
    if (maxBytes < 1) {
      throw new IllegalArgumentException(
          "segment.limits.max_bytes is %d; it must be at least 1".formatted(maxBytes));
    }
    ImageLimits unused = new ImageLimits(maxSide, maxPixels);
  }

  /** The limits of the pixels. */
  public ImageLimits image() {
    return new ImageLimits(maxSide, maxPixels);
  }
}
