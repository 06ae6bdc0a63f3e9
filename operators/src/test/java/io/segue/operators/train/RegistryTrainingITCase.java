package io.segue.operators.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.registry.ManifestDraft;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.model.config.ModelSpec;
import io.segue.model.data.ExampleSource;
import io.segue.model.data.SegmentationExample;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingOptions;
import io.segue.operators.record.Samples;
import io.segue.operators.record.SmallModel;
import io.segue.operators.replay.ReplayFolder;
import io.segue.operators.replay.WrittenShards;
import io.segue.schemas.flow.TrainRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTrainingITCase {
  private static final ModelSpec SPEC = SmallModel.spec(Samples.TAXONOMY);

  @TempDir Path folder;
  private ModelRegistry registry;
  private TrainRequest request;

  @BeforeEach
  void publishTwoVersions() throws Exception {
    SegmentationExample example = SmallModel.example();
    Path built = folder.resolve("built");
    TrainingOptions untrained = TrainingOptions.builder(0, 1).build();
    Trainer.train(TrainingJob.of(SPEC, ExampleSource.of(List.of(example)), untrained, built));
    registry = new ModelRegistry(uri("registry"));
    registry.uploadCandidate("built", built);
    registry.publish("road", 1, "built", ManifestDraft.EMPTY);
    registry.publish("road", 2, "built", ManifestDraft.EMPTY);
    request =
        TrainRequest.newBuilder()
            .setRequestId("road-a-1")
            .setModel("road")
            .setParentVersion(1)
            .setTraining(List.of(WrittenShards.write(uri("replay"), "training", List.of(example))))
            .setHoldout(List.of())
            .setReason("test")
            .setRequestedAt(0)
            .build();
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  private TrainRun.Candidate run(Optional<Long> live) throws Exception {
    TrainingRecipe recipe =
        new TrainingRecipe(
            1,
            1,
            0,
            0,
            1,
            1,
            0.02,
            0,
            1,
            1,
            Duration.ofMinutes(1),
            folder.resolve("work").toString());
    return new RegistryTraining(registry, new ReplayFolder(uri("replay")), recipe, model -> live)
        .run(request, () -> false);
  }

  @Test
  void startsFromTheVersionThatIsLiveByThenAndFindsTheCandidateOfALostAttempt() throws Exception {
    TrainRun.Candidate first = run(Optional.empty());
    TrainRun.Candidate repeated = run(Optional.of(1L));
    TrainRun.Candidate fromSecond = run(Optional.of(2L));

    assertThat(first.parentVersion()).isEqualTo(1);
    assertThat(repeated.candidateId()).isEqualTo(first.candidateId());
    assertThat(repeated.message()).contains("earlier attempt");
    assertThat(fromSecond.parentVersion()).isEqualTo(2);
    assertThat(fromSecond.candidateId()).isNotEqualTo(first.candidateId());
  }
}
