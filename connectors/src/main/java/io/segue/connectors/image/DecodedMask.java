package io.segue.connectors.image;

import java.util.Arrays;

/**
 * A mask in memory.
 *
 * @param width pixels
 * @param height pixels
 * @param indices one unsigned byte a pixel, rows from the top, {@code [height, width]}; shared, not
 *     copied
 */
@SuppressWarnings("ArrayRecordComponent") // a pixel is a byte; boxing would cost 16 times as much
public record DecodedMask(int width, int height, byte[] indices) {
  /** There must be one index a pixel. */
  public DecodedMask {
    if ((long) width * height != indices.length) {
      throw new IllegalArgumentException(
          "mask of %d×%d pixels with %d indices".formatted(width, height, indices.length));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DecodedMask that
        && width == that.width
        && height == that.height
        && Arrays.equals(indices, that.indices);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(indices);
  }

  @Override
  public String toString() {
    return "DecodedMask[%d×%d]".formatted(width, height);
  }
}
