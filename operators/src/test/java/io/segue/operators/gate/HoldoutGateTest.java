package io.segue.operators.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.registry.ManifestDraft;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Taxonomy;
import io.segue.model.data.ExampleSource;
import io.segue.model.data.SegmentationExample;
import io.segue.model.serve.ModelDirectory;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingOptions;
import io.segue.operators.control.RegistryVersions;
import io.segue.operators.join.LabelRules;
import io.segue.operators.record.Samples;
import io.segue.operators.record.SmallModel;
import io.segue.operators.replay.WrittenShards;
import io.segue.schemas.avro.Decision;
import io.segue.schemas.avro.TrainingStatus;
import io.segue.schemas.flow.GateResult;
import io.segue.schemas.flow.ShardManifest;
import io.segue.schemas.flow.TrainOutcome;
import io.segue.schemas.flow.TrainRequest;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldoutGateTest {
  private static final SegmentationExample EXAMPLE = SmallModel.example();
  private static final ModelSpec SPEC = SmallModel.spec(Samples.TAXONOMY);

  @TempDir static Path built;
  @TempDir Path folder;

  private ModelRegistry registry;
  private ShardManifest holdout;

  @BeforeAll
  static void build() throws Exception {
    TrainingOptions untrained = TrainingOptions.builder(0, 1).build();
    ExampleSource examples = ExampleSource.of(List.of(EXAMPLE));
    Trainer.train(TrainingJob.of(SPEC, examples, untrained, built.resolve("model")));
  }

  @BeforeEach
  void publish() throws Exception {
    registry = new ModelRegistry(uri("registry"));
    registry.uploadCandidate("first", built.resolve("model"));
    registry.publish("road", 1, "first", ManifestDraft.EMPTY);
    holdout = WrittenShards.write(uri("replay"), "holdout", List.of(EXAMPLE));
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  private GateResult judge(String candidate, double margin, int minFrames) throws Exception {
    return judge(candidate, margin, minFrames, Optional.empty());
  }

  private GateResult judge(String candidate, double margin, int minFrames, Optional<Long> live)
      throws Exception {
    TrainRequest request =
        TrainRequest.newBuilder()
            .setRequestId("road-a-1")
            .setModel("road")
            .setParentVersion(1)
            .setTraining(List.of())
            .setHoldout(List.of(holdout))
            .setReason("test")
            .setRequestedAt(0)
            .build();
    TrainOutcome completed =
        TrainOutcome.newBuilder()
            .setRequest(request)
            .setStatus(TrainingStatus.COMPLETED)
            .setCandidateId(candidate)
            .setEndedAt(0)
            .setMessage("test")
            .build();
    return new HoldoutGate(
            registry,
            new GateOptions(margin, minFrames, "s1"),
            LabelRules.of(Samples.TAXONOMY),
            model -> live,
            folder.resolve("work"),
            Clock.systemUTC())
        .judge(completed);
  }

  private void upload(String id, ModelSpec spec, Weights weights) throws Exception {
    ModelDirectory.write(folder.resolve(id), spec, weights);
    registry.uploadCandidate(id, folder.resolve(id));
  }

  private static Weights weights() {
    return ModelDirectory.readWeights(built.resolve("model"), SPEC);
  }

  private static void assertRejected(GateResult result, String metric, String reason) {
    assertThat(result.getVerdict().getDecision()).isEqualTo(Decision.REJECT);
    assertThat(result.getVerdict().getMetric()).isEqualTo(metric);
    assertThat(result.getReason()).contains(reason);
  }

  @Test
  void blessesACandidateThatIsAsGoodAsTheLiveVersion() throws Exception {
    upload("same", SPEC, weights());
    GateResult result = judge("same", 0, 1);

    assertThat(result.getVerdict().getDecision()).isEqualTo(Decision.BLESS);
    assertThat(result.getCandidateMiou()).isEqualTo(result.getLiveMiou());
    assertThat(result.getFrames()).isEqualTo(1);
  }

  @Test
  void comparesWithTheVersionThatWentLiveWhileTheCandidateWasTrained() throws Exception {
    upload("same", SPEC, weights());
    registry.publish("road", 2, "first", ManifestDraft.EMPTY);
    GateResult result = judge("same", 0, 1, Optional.of(2L));

    assertThat(result.getLiveVersion()).isEqualTo(2);
    assertThat(result.getReason()).contains("version 2 has");
  }

  @Test
  void rejectsACandidateBelowTheMargin() throws Exception {
    upload("same", SPEC, weights());

    assertRejected(judge("same", 0.01, 1), HoldoutGate.METRIC, "margin 0.0100");
  }

  @Test
  void rejectsOnTooSmallAHoldout() throws Exception {
    upload("same", SPEC, weights());

    assertRejected(judge("same", 0, 2), "holdout/frames", "has 1 frames, 2 are needed");
  }

  @Test
  void rejectsWeightsThatAreNoNumbers() throws Exception {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>(weights().tensors());
    String key = tensors.keySet().iterator().next();
    float[] values = tensors.get(key).values().clone();
    values[0] = Float.NaN;
    tensors.put(key, new Weights.Tensor(tensors.get(key).shape(), values));
    upload("broken", SPEC, Weights.of(tensors));

    assertRejected(judge("broken", 0, 1), "artefact/finite", key);
  }

  @Test
  void rejectsAnotherTaxonomy() throws Exception {
    Taxonomy other = new Taxonomy(Samples.TAXONOMY.id(), 2, Samples.TAXONOMY.classes(), 255);
    upload("other", SmallModel.spec(other), weights());

    assertRejected(judge("other", 0, 1), "artefact/taxonomy", "'street-3' version 2");
  }

  @Test
  void rejectsAFileWithAChangedByte() throws Exception {
    upload("changed", SPEC, weights());
    Path data =
        folder.resolve("registry/.candidates/changed/variables/variables.data-00000-of-00001");
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.seek(100);
      int old = file.read();
      file.seek(100);
      file.write(old ^ 1);
    }

    assertRejected(judge("changed", 0, 1), "artefact/intact", "variables.data-00000-of-00001");
  }

  @Test
  void aRerunFindsTheVersionThatTheLostAttemptPublished() throws Exception {
    upload("same", SPEC, weights());
    GateResult blessed = judge("same", 0, 1);
    RegistryVersions versions = new RegistryVersions(uri("registry"), uri("replay"));

    assertThat(versions.publish(blessed, 1)).isEqualTo(2);
    assertThat(versions.publish(blessed, 1)).isEqualTo(2);
    assertThat(registry.versions("road")).containsExactly(1L, 2L);
    assertThat(registry.verdicts("road", 2)).hasSize(1);
  }
}
