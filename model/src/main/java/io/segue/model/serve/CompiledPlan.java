package io.segue.model.serve;

import java.nio.ByteBuffer;

/** A model with its weights, ready to infer frames under one plan. Thread-safe. */
interface CompiledPlan extends AutoCloseable {
  /** Masks of a batch that {@link FrameBuffers} has checked. */
  Segmentation run(ByteBuffer rgb, int batch, int height, int width);

  /** The same on the calling thread, as far as the engine lets one choose. */
  default Segmentation runOnCaller(ByteBuffer rgb, int batch, int height, int width) {
    return run(rgb, batch, height, width);
  }

  /** What {@link #run} would decide from. */
  PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width);

  @Override
  void close();
}
