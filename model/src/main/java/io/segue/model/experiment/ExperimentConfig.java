package io.segue.model.experiment;

import io.segue.model.config.ConfigReader;
import io.segue.model.config.ConfigTree;

/**
 * A training run as the reference's configuration files describe it. Unknown keys are errors that
 * name the nearest known one.
 *
 * @param task what is learned from what
 * @param trainer how
 * @param runtime in what numbers
 */
public record ExperimentConfig(TaskConfig task, TrainerConfig trainer, RuntimeConfig runtime) {
  /** The reference's defaults; much of a run has none. */
  public static final ExperimentConfig DEFAULT =
      new ExperimentConfig(TaskConfig.DEFAULT, TrainerConfig.DEFAULT, RuntimeConfig.DEFAULT);

  /**
   * Reads a configuration.
   *
   * @throws io.segue.model.config.ConfigException naming the path of the key, the value and the
   *     remedy
   */
  public static ExperimentConfig read(ConfigTree tree) {
    RefusedKeys.check(tree);
    ExperimentConfig config = ConfigReader.read(tree.toString(), DEFAULT);
    config.task().trainData().check("task.train_data.", true);
    config.task().validationData().check("task.validation_data.", false);
    return config;
  }
}
