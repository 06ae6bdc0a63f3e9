package io.segue.model.serve;

import java.nio.ByteBuffer;

/** Checks what a serving model is given. */
final class FrameBuffers {
  private FrameBuffers() {}

  /**
   * Checks a batch of frames.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static void check(String model, ByteBuffer rgb, int batch, int height, int width) {
    if (batch < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "model '%s': a batch of %d frames of %d×%d; all must be 1 or more"
              .formatted(model, batch, height, width));
    }
    long needed = 3L * batch * height * width;
    if (!rgb.isDirect() || rgb.remaining() < needed) {
      throw new IllegalArgumentException(
          "model '%s': %s buffer with %d bytes, %d frames of %d×%d need a direct one with %d"
              .formatted(
                  model,
                  rgb.isDirect() ? "direct" : "heap",
                  rgb.remaining(),
                  batch,
                  height,
                  width,
                  needed));
    }
  }
}
