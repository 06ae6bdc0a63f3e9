package io.segue.operators.train;

import io.segue.model.train.TrainingOptions;
import java.io.Serializable;
import java.time.Duration;

/**
 * How a candidate is trained from the live weights.
 *
 * @param steps updates of one run
 * @param batchSize examples an update
 * @param cropHeight height in pixels of what the network sees; 0 for the spec's input height
 * @param cropWidth width in pixels; 0 for the spec's input width
 * @param scaleMin smallest random scale
 * @param scaleMax largest one
 * @param learningRate at the start, after the warm-up
 * @param l2WeightDecay weight of the squared kernels in the loss
 * @param seed of order and augmentation
 * @param dutyCycle share of the time in which training computes, above 0 to 1
 * @param deadline after which a run is cancelled
 * @param workDir local folder of this job alone, for weights and checkpoints of the run at work
 */
public record TrainingRecipe(
    long steps,
    int batchSize,
    int cropHeight,
    int cropWidth,
    double scaleMin,
    double scaleMax,
    double learningRate,
    double l2WeightDecay,
    long seed,
    double dutyCycle,
    Duration deadline,
    String workDir)
    implements Serializable {

  /** Checks what the trainer does not. */
  public TrainingRecipe {
    if (deadline.toMillis() < 1) {
      throw new IllegalArgumentException(
          "training deadline %s; give at least 1 ms".formatted(deadline));
    }
    if (cropHeight < 0 || cropWidth < 0 || (cropHeight == 0) != (cropWidth == 0)) {
      throw new IllegalArgumentException(
          "training crop %d×%d; give both sides, or 0 for both".formatted(cropHeight, cropWidth));
    }
  }

  /**
   * With this local folder: 200 steps of 8 examples at the spec's input size, scale 0.75 to 1.25,
   * rate 0.02, all of the time, an hour at most.
   */
  public static TrainingRecipe in(String workDir) {
    return new TrainingRecipe(
        200, 8, 0, 0, 0.75, 1.25, 0.02, 4e-5, 1, 1, Duration.ofHours(1), workDir);
  }

  /** The options of the trainer. */
  TrainingOptions options() {
    TrainingOptions.Builder builder =
        TrainingOptions.builder(steps, batchSize)
            .scale(scaleMin, scaleMax)
            .learningRate(learningRate, Math.toIntExact(steps / 10))
            .l2WeightDecay(l2WeightDecay)
            .seed(seed)
            .dutyCycle(dutyCycle);
    return (cropHeight == 0 ? builder : builder.crop(cropHeight, cropWidth)).build();
  }
}
