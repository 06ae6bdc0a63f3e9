package io.segue.model.data;

import java.util.SplittableRandom;

/** Where augmentation takes its random numbers from. */
@FunctionalInterface
interface Draws {
  /** A number in {@code [low, high)}. */
  float uniform(float low, float high);

  /** Draws of a generator of its own. */
  static Draws seeded(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return (low, high) -> low + (float) random.nextDouble() * (high - low);
  }
}
