package io.segue.operators.segment;

import io.segue.model.config.Averaging;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;

/**
 * What memory a plan takes, estimated before it is run: an allocation that fails inside TensorFlow
 * may take the process with it.
 *
 * <p>Counted are the layers of all branches, which nothing keeps from running side by side, the
 * pixels that the engine is fed, and the mask. Where probabilities are averaged over branches,
 * their maps in the frame's own size count as well: one of each branch until the last is there, and
 * one intermediate. Other plans make masks of small logits. An upper estimate for the networks of
 * this library, not a measurement.
 *
 * <p>A SavedModel from elsewhere may run its layers in the frame's own size, whatever its spec
 * says, so they are counted in that size where it is the larger one.
 */
final class PlanMemory {
  /** Live bytes of the widest layers for each pixel of a network's input. */
  private static final long LAYER_BYTES_PER_PIXEL = 400;

  /** Of the frame as it is fed, and of its mask. */
  private static final long FRAME_BYTES_PER_PIXEL = 3 + 1;

  private PlanMemory() {}

  /** Bytes that inferring so many frames of a size takes. */
  static long bytes(ModelSpec spec, Plan plan, int frames, int width, int height) {
    double inputs = plan.scales().stream().mapToDouble(scale -> scale * scale).sum();
    double directions = plan.flip() ? 2 : 1;
    double input = (double) spec.inputHeight() * spec.inputWidth();
    double widest = spec.runsAsItIs() ? Math.max(input, (double) width * height) : input;
    double layers = inputs * directions * widest * LAYER_BYTES_PER_PIXEL;
    double bytesPerPixel =
        FRAME_BYTES_PER_PIXEL + (double) maps(plan) * spec.taxonomy().size() * Float.BYTES;
    double perFrame = layers + bytesPerPixel * width * height;
    return (long) Math.min(Long.MAX_VALUE, frames * perFrame);
  }

  /** Maps of all classes, in the frame's size, that are there at once. */
  private static int maps(Plan plan) {
    boolean averagesProbabilities =
        plan.branches() > 1 && plan.averaging() == Averaging.PROBABILITIES;
    return averagesProbabilities ? plan.branches() + 1 : 0;
  }
}
