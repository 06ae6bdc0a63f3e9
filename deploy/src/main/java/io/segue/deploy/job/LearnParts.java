package io.segue.deploy.job;

import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.operators.control.CommittedStates;
import io.segue.operators.control.LiveVersions;
import io.segue.operators.control.PublishedVersions;
import io.segue.operators.control.RegistryVersions;
import io.segue.operators.gate.GateOptions;
import io.segue.operators.gate.HoldoutGate;
import io.segue.operators.gate.JudgeCandidates;
import io.segue.operators.join.LabelRules;
import io.segue.operators.replay.ReplayFolder;
import io.segue.operators.train.RegistryTraining;
import io.segue.operators.train.TrainModels;
import io.segue.operators.train.TrainingRecipe;
import java.nio.file.Path;
import java.time.Clock;

/**
 * The hands of the learn job for work that takes long or leaves the process.
 *
 * @param runs trains
 * @param judges judges
 * @param versions publishes
 */
public record LearnParts(
    TrainModels.Runs runs, JudgeCandidates.Judges judges, PublishedVersions versions) {

  /** Those that train with TensorFlow and publish in the registry. */
  static LearnParts of(LearnJobOptions options) {
    String registry = options.registryRoot();
    String replay = options.replay().root();
    LabelRules labels = LabelRules.of(options.taxonomy());
    TrainingRecipe recipe = options.training();
    GateOptions gate = options.gate();
    LiveVersions live =
        new CommittedStates(options.kafka(), new SegueTopics(options.topicPrefix()).modelUpdates());
    return new LearnParts(
        () ->
            new RegistryTraining(
                new ModelRegistry(registry), new ReplayFolder(replay), recipe, live),
        () ->
            new HoldoutGate(
                new ModelRegistry(registry),
                gate,
                labels,
                live,
                Path.of(recipe.workDir() + "-gate"),
                Clock.systemUTC()),
        new RegistryVersions(registry, replay));
  }
}
