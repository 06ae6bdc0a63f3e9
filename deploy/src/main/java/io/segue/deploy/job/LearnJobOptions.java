package io.segue.deploy.job;

import io.segue.connectors.kafka.Delivery;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.SinkOptions;
import io.segue.connectors.kafka.StartingOffsets;
import io.segue.model.config.Taxonomy;
import io.segue.operators.admit.FrameLimits;
import io.segue.operators.gate.GateOptions;
import io.segue.operators.join.JoinOptions;
import io.segue.operators.replay.HoldoutSplit;
import io.segue.operators.replay.ReplayOptions;
import io.segue.operators.segment.ServingOptions;
import io.segue.operators.train.TrainingRecipe;
import io.segue.operators.train.TriggerOptions;
import java.time.Duration;
import java.util.Map;

/**
 * What the learn job is told. Parallelism, checkpoints and restarts are the environment's.
 *
 * @param kafka client options, {@code bootstrap.servers} among them
 * @param topicPrefix prefix of the topics' names
 * @param groupId beginning of the consumer groups, one a topic
 * @param startingOffsets where frames, masks and labels are read from without a checkpoint;
 *     commands go on where the group left off
 * @param model name of the model that learns
 * @param taxonomy classes of the labels and of the model
 * @param registryRoot where candidates and versions are, a Flink file system path
 * @param payloadRoot where payloads by reference are, a Flink file system path
 * @param limits of frames that the segment job lets in, and so of their labels and masks
 * @param join what is held until labels come
 * @param holdout what is never trained on
 * @param replay what is trained on and judged on
 * @param trigger when to train
 * @param training how to train
 * @param gate what a candidate must reach
 * @param scoreWindow labelled frames in a running score
 * @param maxVersions of a model that a process of the segment job holds, 2 or more; a state that
 *     names more is not written
 * @param sink how results are delivered
 */
public record LearnJobOptions(
    Map<String, String> kafka,
    String topicPrefix,
    String groupId,
    StartingOffsets startingOffsets,
    String model,
    Taxonomy taxonomy,
    String registryRoot,
    String payloadRoot,
    FrameLimits limits,
    JoinOptions join,
    HoldoutSplit holdout,
    ReplayOptions replay,
    TriggerOptions trigger,
    TrainingRecipe training,
    GateOptions gate,
    int scoreWindow,
    int maxVersions,
    SinkOptions sink) {

  /** Checks what concerns several of the options. */
  public LearnJobOptions {
    kafka = Map.copyOf(kafka);
    if (scoreWindow < 1) {
      throw new IllegalArgumentException(
          "learn.score_window is %d; it must be at least 1".formatted(scoreWindow));
    }
    if (maxVersions < 2) {
      throw new IllegalArgumentException(
          "maxVersions is %d; it must be at least 2: a live and an incoming one"
              .formatted(maxVersions));
    }
    Duration needed = training.deadline().multipliedBy(2).plus(replay.closeAfter());
    if (replay.retention().compareTo(needed) < 0) {
      throw new IllegalArgumentException(
          "replay retention %s; a training run with deadline %s may read segments for %s, keep them as long"
              .formatted(replay.retention(), training.deadline(), needed));
    }
  }

  /**
   * The options that nothing can stand in for, and defaults for the rest.
   *
   * @param replayRoot folder of the replay buffer, a Flink file system path
   * @param workDir local folder of this job alone
   */
  public static LearnJobOptions of(
      Map<String, String> kafka,
      String model,
      Taxonomy taxonomy,
      String registryRoot,
      String payloadRoot,
      String replayRoot,
      String workDir) {
    return new LearnJobOptions(
        kafka,
        SegueTopics.DEFAULT_PREFIX,
        "segue-learn",
        StartingOffsets.EARLIEST,
        model,
        taxonomy,
        registryRoot,
        payloadRoot,
        FrameLimits.DEFAULT,
        JoinOptions.DEFAULT,
        HoldoutSplit.DEFAULT,
        ReplayOptions.in(replayRoot),
        TriggerOptions.DEFAULT,
        TrainingRecipe.in(workDir),
        GateOptions.DEFAULT,
        32,
        ServingOptions.DEFAULT.maxVersions(),
        new SinkOptions(Delivery.EXACTLY_ONCE, "segue-learn"));
  }
}
