package io.segue.deploy.job;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What the jobs need of an environment's checkpoints. */
final class Checkpointing {
  private Checkpointing() {}

  /**
   * Refuses checkpoints whose parts do not belong to one moment: a frame that is in one operator's
   * state and not in another's gets a second place in its stream after a restore.
   *
   * @throws IllegalArgumentException if they are taken at least once
   */
  static void requireExactlyOnce(StreamExecutionEnvironment env) {
    CheckpointingMode mode = env.getCheckpointConfig().getCheckpointingConsistencyMode();
    boolean on = env.getCheckpointConfig().isCheckpointingEnabled();
    if (on && mode != CheckpointingMode.EXACTLY_ONCE) {
      throw new IllegalArgumentException(
          "%s is %s, with which a restored job gives frames a second place; leave it at EXACTLY_ONCE (results at least once are segment.sink.delivery and learn.sink.delivery)"
              .formatted(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE.key(), mode));
    }
  }
}
