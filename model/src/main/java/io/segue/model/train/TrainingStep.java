package io.segue.model.train;

import org.tensorflow.types.TFloat32;

/** One update of the weights. */
@FunctionalInterface
interface TrainingStep {
  /**
   * Makes it.
   *
   * @param number of the update, 1 for the first
   * @return the loss before it
   */
  float update(TFloat32 images, TFloat32 labels, double rate, long number, double averageDecay);
}
