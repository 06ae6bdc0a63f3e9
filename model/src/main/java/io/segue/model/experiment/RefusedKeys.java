package io.segue.model.experiment;

import io.segue.model.config.ConfigException;
import io.segue.model.config.ConfigTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys of the reference that would do nothing here, with what to write instead. */
final class RefusedKeys {
  private static final Map<String, String> ADVICE = new LinkedHashMap<>();

  static {
    put(
        "runtime.",
        "there is one process on one machine; remove it",
        "distribution_strategy",
        "num_gpus",
        "enable_xla");
    put(
        "task.",
        "there is one replica; remove it",
        "train_input_partition_dims",
        "eval_input_partition_dims");
    put("task.", "every figure is always reported; remove it", "evaluation");
    put("task.", "give 'segue model export' the option --rescale-output instead", "export_config");
    put("task.", "there are no summary files; remove it", "allow_image_summary");
    put("task.", "gradients are not made private here; remove it", "differential_privacy_config");
    put("task.", "the model is named by its folder, --out; remove it", "name");
    put("trainer.", "every step is its own; remove it", "steps_per_loop");
    put(
        "trainer.",
        "there are no summary files; remove it",
        "summary_interval",
        "validation_summary_subdir",
        "allow_tpu_summary");
    put(
        "trainer.",
        "the last checkpoint is kept, and the best model; remove it",
        "max_to_keep",
        "preemption_on_demand_checkpoint");
    put(
        "trainer.",
        "steps run in one graph, scores between them; remove it",
        "train_tf_while_loop",
        "train_tf_function",
        "eval_tf_function",
        "eval_tf_while_loop",
        "continuous_eval_timeout");
    put(
        "trainer.",
        "a loss that is not finite ends the run and keeps the checkpoint before it; remove it",
        "recovery_max_trials",
        "recovery_begin_steps",
        "loss_upper_bound");
    for (String section : List.of("task.train_data.", "task.validation_data.")) {
      put(section, "an image has its own three channels; remove it", "additional_dense_features");
      put(
          section,
          "the reference's segmentation ignores it; write photometric instead",
          "aug_policy");
      put(section, "write task.losses.gt_is_matting_map instead", "gt_is_matting_map");
      put(section, "write image_feature.feature_name where the image has another key", "decoder");
      put(section, "write trainer.seed instead", "seed");
      put(
          section,
          "TFDS is a library of Python; write its TFRecord files as input_path instead",
          "tfds_name",
          "tfds_split",
          "tfds_data_dir",
          "tfds_as_supervised",
          "tfds_skip_decoding_feature");
      put(
          section,
          "examples are read in this process, in an order that trainer.seed decides; write threads"
              + " for how many decode them",
          "deterministic",
          "sharding",
          "ram_budget",
          "prefetch_buffer_size",
          "autotune_algorithm",
          "enable_tf_data_service",
          "tf_data_service_address",
          "tf_data_service_job_name",
          "enable_shared_tf_data_service_between_parallel_trainers",
          "apply_tf_data_service_before_batching",
          "trainer_id");
    }
  }

  private RefusedKeys() {}

  private static void put(String section, String advice, String... keys) {
    for (String key : keys) {
      ADVICE.put(section + key, advice);
    }
  }

  /** Every refused key, by its path. */
  static Map<String, String> advice() {
    return Map.copyOf(ADVICE);
  }

  /**
   * Checks that none is written.
   *
   * @throws ConfigException naming the key and what to write instead
   */
  static void check(ConfigTree tree) {
    ADVICE.forEach(
        (key, advice) -> {
          if (tree.has(key)) {
            throw new ConfigException("%s: has no effect here, %s".formatted(key, advice));
          }
        });
  }
}
