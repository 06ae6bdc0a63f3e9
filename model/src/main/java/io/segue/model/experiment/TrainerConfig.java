package io.segue.model.experiment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.segue.model.config.ConfigException;
import io.segue.model.train.OptimizerConfig;

/**
 * {@code trainer}, with the reference's keys and defaults; the last three are Segue's own.
 *
 * @param trainSteps updates
 * @param validationInterval updates between two scores
 * @param validationSteps batches of validation data to score; -1: all
 * @param checkpointInterval updates between two checkpoints
 * @param bestCheckpointExportSubdir folder below the model's for the best weights; empty: not kept
 * @param bestCheckpointEvalMetric the score: {@code mean_iou} (absent classes count as 0, the
 *     reference's), {@code mean_iou_present} or {@code pixel_accuracy}
 * @param bestCheckpointMetricComp {@code higher} or {@code lower}
 * @param optimizerConfig see {@link OptimizerConfig}
 * @param earlyStopPatience scores without a better one after which training ends; 0: never
 * @param seed of initial weights, order and augmentation
 * @param dutyCycle share of the time in which training computes
 */
public record TrainerConfig(
    long trainSteps,
    long validationInterval,
    long validationSteps,
    int checkpointInterval,
    String bestCheckpointExportSubdir,
    String bestCheckpointEvalMetric,
    String bestCheckpointMetricComp,
    ObjectNode optimizerConfig,
    int earlyStopPatience,
    long seed,
    double dutyCycle) {
  /** The reference's defaults. */
  static final TrainerConfig DEFAULT =
      new TrainerConfig(
          0, 1000, -1, 1000, "", "", "higher", JsonNodeFactory.instance.objectNode(), 0, 1, 1);

  private static final String PATH = "trainer.optimizer_config";

  /** The update rule and its schedule. */
  OptimizerConfig optimizer() {
    if (optimizerConfig.isEmpty()) {
      throw new ConfigException(
          PATH + ": missing; give at least learning_rate: {type: constant, constant: {…}}");
    }
    try {
      return OptimizerConfig.parse(optimizerConfig.toString());
    } catch (ConfigException e) {
      throw new ConfigException(PATH + "." + e.getMessage(), e);
    }
  }

  boolean higherIsBetter() {
    return switch (bestCheckpointMetricComp) {
      case "higher" -> true;
      case "lower" -> false;
      default ->
          throw new ConfigException(
              "trainer.best_checkpoint_metric_comp: '%s' is neither 'higher' nor 'lower'"
                  .formatted(bestCheckpointMetricComp));
    };
  }
}
