package io.segue.operators.segment;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;

/**
 * What memory a plan takes, estimated before it is run: an allocation that fails inside TensorFlow
 * may take the process with it.
 *
 * <p>Counted are the class maps in the frame's own size, of which the sum over the branches, the
 * branch under way and one intermediate live at once, and the layers of the largest branch, which
 * run one after the other. An upper estimate for the networks of this library, not a measurement.
 */
final class PlanMemory {
  /** Live bytes of the widest layers for each pixel of a network's input. */
  private static final long LAYER_BYTES_PER_PIXEL = 400;

  private static final int MAPS_ALIVE = 3;

  private PlanMemory() {}

  /** Bytes that inferring so many frames of a size takes. */
  static long bytes(ModelSpec spec, Plan plan, int frames, int width, int height) {
    double largest = plan.scales().stream().mapToDouble(Double::doubleValue).max().orElse(1);
    double layers =
        largest * largest * spec.inputHeight() * spec.inputWidth() * LAYER_BYTES_PER_PIXEL;
    double maps = (double) MAPS_ALIVE * width * height * spec.taxonomy().size() * Float.BYTES;
    return (long) Math.min(Long.MAX_VALUE, frames * (layers + maps));
  }
}
