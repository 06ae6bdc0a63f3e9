package io.segue.model.experiment;

import io.segue.model.config.ConfigException;
import io.segue.model.config.ConfigReader;
import io.segue.model.config.ConfigTree;
import java.util.Map;
import java.util.Map.Entry;

/**
 * A training run as the reference's configuration files describe it. Unknown keys are errors that
 * name the nearest known one.
 *
 * @param task what is learned from what
 * @param trainer how
 */
public record ExperimentConfig(TaskConfig task, TrainerConfig trainer) {
  /** The reference's defaults; much of a run has none. */
  public static final ExperimentConfig DEFAULT =
      new ExperimentConfig(TaskConfig.DEFAULT, TrainerConfig.DEFAULT);

  /** Keys of the reference that mean nothing here, and what to do about them. */
  private static final Map<String, String> WITHOUT_MEANING =
      Map.of(
          "runtime", "there is one process on one machine",
          "trainer.steps_per_loop", "every step is its own",
          "trainer.summary_interval", "there are no summary files",
          "trainer.max_to_keep", "the last checkpoint is kept, and the best model",
          "task.train_input_partition_dims", "there is one replica",
          "task.eval_input_partition_dims", "there is one replica",
          "task.evaluation", "every figure is always reported");

  /**
   * Reads a configuration.
   *
   * @throws ConfigException naming the path of the key, the value and the remedy
   */
  public static ExperimentConfig read(ConfigTree tree) {
    for (Entry<String, String> key : WITHOUT_MEANING.entrySet()) {
      if (tree.has(key.getKey())) {
        throw new ConfigException(
            "%s: has no effect here, %s; remove it".formatted(key.getKey(), key.getValue()));
      }
    }
    ExperimentConfig config = ConfigReader.read(tree.toString(), DEFAULT);
    config.task().trainData().check("task.train_data.", true);
    config.task().validationData().check("task.validation_data.", false);
    return config;
  }
}
