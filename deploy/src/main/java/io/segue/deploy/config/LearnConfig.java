package io.segue.deploy.config;

import io.segue.connectors.kafka.Delivery;
import io.segue.connectors.kafka.SinkOptions;
import io.segue.connectors.kafka.StartingOffsets;
import io.segue.deploy.job.LearnJobOptions;
import io.segue.model.config.Taxonomy;
import io.segue.operators.gate.GateOptions;
import io.segue.operators.join.JoinOptions;
import io.segue.operators.replay.HoldoutSplit;
import io.segue.operators.replay.ReplayOptions;
import io.segue.operators.train.TrainingRecipe;
import io.segue.operators.train.TriggerOptions;
import java.util.Optional;

/**
 * What concerns the learn job alone; see {@link LearnJobOptions} for each key. How many versions a
 * serving process holds is read where the segment job reads it, {@code
 * segment.serving.max_versions}: both jobs are to be given the same.
 */
public record LearnConfig(
    String groupId,
    StartingOffsets startingOffsets,
    String model,
    Optional<Taxonomy> taxonomy,
    JoinOptions join,
    HoldoutSplit holdout,
    ReplayOptions replay,
    TriggerOptions trigger,
    TrainingRecipe training,
    GateOptions gate,
    int scoreWindow,
    SinkOptions sink) {

  static final LearnConfig DEFAULT =
      new LearnConfig(
          "segue-learn",
          StartingOffsets.EARLIEST,
          "",
          Optional.empty(),
          JoinOptions.DEFAULT,
          HoldoutSplit.DEFAULT,
          ReplayOptions.in(""),
          TriggerOptions.DEFAULT,
          TrainingRecipe.in(""),
          GateOptions.DEFAULT,
          32,
          new SinkOptions(Delivery.EXACTLY_ONCE, "segue-learn"));

  LearnJobOptions options(SegueConfig config) {
    SegueConfig.required("learn.model", model);
    SegueConfig.required("learn.replay.root", replay.root());
    SegueConfig.required("learn.training.work_dir", training.workDir());
    return new LearnJobOptions(
        config.kafkaClient(),
        config.topics().prefix(),
        groupId,
        startingOffsets,
        model,
        taxonomy.orElseThrow(() -> SegueConfig.missing("learn.taxonomy")),
        SegueConfig.required("registry", config.registry()),
        SegueConfig.required("payloads", config.payloads()),
        config.segment().limits(),
        join,
        holdout,
        replay,
        trigger,
        training,
        gate,
        scoreWindow,
        config.segment().serving().maxVersions(),
        sink);
  }
}
