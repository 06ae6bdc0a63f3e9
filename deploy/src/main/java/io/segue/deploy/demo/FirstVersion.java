package io.segue.deploy.demo;

import io.segue.connectors.registry.ManifestDraft;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.model.config.ModelSpec;
import io.segue.model.data.ExampleSource;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** The version that serves when the cameras start. */
final class FirstVersion {
  private static final String CANDIDATE = "demo-first";

  private final DemoSetting setting;
  private final ModelRegistry registry;
  private final Path directory;

  /**
   * @param directory where the version is trained
   */
  FirstVersion(DemoSetting setting, ModelRegistry registry, Path directory) {
    this.setting = setting;
    this.registry = registry;
    this.directory = directory;
  }

  /**
   * Finds the newest version in the registry, or trains one on what was labelled beforehand.
   *
   * @return its number; empty if the training was cancelled
   * @throws IllegalArgumentException if the version that is there has other classes
   */
  OptionalLong prepare(DemoProgress progress, BooleanSupplier cancelled)
      throws IOException, InterruptedException {
    List<Long> versions = registry.versions(DemoSetting.MODEL);
    if (versions.isEmpty()) {
      return train(progress, cancelled);
    }
    long newest = versions.get(versions.size() - 1);
    ModelSpec spec = registry.manifest(DemoSetting.MODEL, newest).spec();
    if (!spec.taxonomy().equals(setting.footage().taxonomy())) {
      throw new IllegalArgumentException(
          "version %d in the registry knows the classes '%s', the footage has '%s'; give another --registry"
              .formatted(newest, spec.taxonomy().id(), setting.footage().taxonomy().id()));
    }
    progress.phase("version " + newest + " is in the registry");
    return OptionalLong.of(newest);
  }

  private OptionalLong train(DemoProgress progress, BooleanSupplier cancelled)
      throws IOException, InterruptedException {
    progress.phase("training the first version");
    TrainingResult result =
        Trainer.train(
            TrainingJob.of(
                    setting.spec(),
                    ExampleSource.of(setting.footage().beforehand()),
                    setting.firstTraining(),
                    directory)
                .reportingTo((step, steps, loss, rate) -> progress.training(step, steps, loss))
                .cancelledWhen(cancelled));
    if (!result.completed()) {
      return OptionalLong.empty();
    }
    registry.uploadCandidate(CANDIDATE, directory);
    registry.publish(DemoSetting.MODEL, 1, CANDIDATE, ManifestDraft.EMPTY);
    return OptionalLong.of(1);
  }
}
