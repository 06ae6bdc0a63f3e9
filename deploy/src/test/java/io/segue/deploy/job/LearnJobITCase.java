package io.segue.deploy.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.registry.ManifestDraft;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.connectors.registry.VersionManifest;
import io.segue.model.config.Taxonomy;
import io.segue.model.data.ExampleSource;
import io.segue.model.data.SegmentationExample;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingOptions;
import io.segue.operators.control.PublishedVersions;
import io.segue.operators.gate.GateOptions;
import io.segue.operators.join.JoinOptions;
import io.segue.operators.replay.HoldoutSplit;
import io.segue.operators.replay.ReplayOptions;
import io.segue.operators.replay.Sampling;
import io.segue.operators.train.TrainRun;
import io.segue.operators.train.TrainingRecipe;
import io.segue.operators.train.TriggerOptions;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.Decision;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.TrainingStatus;
import io.segue.schemas.avro.Verdict;
import io.segue.schemas.avro.VersionStatusChange;
import io.segue.schemas.flow.GateResult;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job between real topics. It has no second life: one failed checkpoint ends it. */
class LearnJobITCase {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Runs that end when the test says so; the job takes them along as code, so they are static. */
  private static final class HeldRuns {
    private static volatile CountDownLatch started = new CountDownLatch(1);
    private static volatile CountDownLatch release = new CountDownLatch(1);

    static TrainRun run() {
      return (request, cancelled) -> {
        started.countDown();
        release.await();
        return new TrainRun.Candidate(
            "candidate-" + request.getRequestId(), request.getParentVersion(), 9, "held");
      };
    }
  }

  /** A registry of any version. */
  private static final class AnyVersions implements PublishedVersions {
    @Override
    public boolean hasModel(String model) {
      return true;
    }

    @Override
    public Optional<Taxonomy> taxonomy(String model, long version) {
      return Optional.of(Halves.TAXONOMY);
    }

    @Override
    public long publish(GateResult blessed, long above) {
      return above + 1;
    }
  }

  @TempDir Path folder;
  private LearnTopics topics;
  private JobClient job;

  @BeforeEach
  void start() throws Exception {
    topics = new LearnTopics(folder.resolve("kafka"));
  }

  @AfterEach
  void stop() throws Exception {
    HeldRuns.release.countDown();
    if (job != null && !job.getJobStatus().get().isTerminalState()) {
      job.cancel().get();
    }
    topics.close();
  }

  private StreamExecutionEnvironment environment() {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(
            1, new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "disable"));
    env.enableCheckpointing(1000);
    return env;
  }

  private LearnJobOptions options(TriggerOptions trigger) {
    LearnJobOptions defaults =
        LearnJobOptions.of(
            Map.of("bootstrap.servers", topics.bootstrapServers()),
            "road",
            Halves.TAXONOMY,
            uri("registry"),
            uri("payloads"),
            uri("replay"),
            folder.resolve("work").toString());
    return new LearnJobOptions(
        defaults.kafka(),
        defaults.topicPrefix(),
        defaults.groupId(),
        defaults.startingOffsets(),
        defaults.model(),
        defaults.taxonomy(),
        defaults.registryRoot(),
        defaults.payloadRoot(),
        defaults.limits(),
        JoinOptions.DEFAULT,
        HoldoutSplit.DEFAULT,
        new ReplayOptions(
            uri("replay"),
            new Sampling(1, 100, 2, null),
            new Sampling(2, 20, 1, null),
            64,
            1 << 20,
            Duration.ofMillis(500),
            Duration.ofHours(3),
            1),
        trigger,
        new TrainingRecipe(
            20,
            4,
            0,
            0,
            1,
            1,
            0.02,
            0,
            1,
            1,
            Duration.ofMinutes(10),
            defaults.training().workDir()),
        new GateOptions(-1, 3, "s1", 1, 32),
        8,
        defaults.maxVersions(),
        defaults.sink());
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  private void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              JobStatus status = job.getJobStatus().get();
              if (status.isTerminalState()) {
                job.getJobExecutionResult().get();
              }
              return condition.call();
            });
  }

  @Test
  void fiveTriggersDuringOneLongRunFailNoCheckpoint() throws Exception {
    HeldRuns.started = new CountDownLatch(1);
    HeldRuns.release = new CountDownLatch(1);
    StreamExecutionEnvironment env = environment();
    LearnJob.build(
        env,
        options(new TriggerOptions(1_000_000, 1)),
        new LearnParts(
            HeldRuns::run,
            () ->
                completed ->
                    GateResult.newBuilder()
                        .setRequest(completed.getRequest())
                        .setVerdict(
                            new Verdict(
                                completed.getCandidateId(),
                                "holdout/miou",
                                0.0,
                                1.0,
                                Decision.BLESS))
                        .setReason("held")
                        .setLiveVersion(completed.getRequest().getParentVersion())
                        .setJudgedAt(1)
                        .build(),
            new AnyVersions()));
    job = env.executeAsync("learn");
    topics.command("live", ControlAction.ACTIVATE, 1L);
    for (long sequence = 1; sequence < 4; sequence++) {
      topics.sendFrameAndMask(sequence);
      topics.sendLabel(sequence);
    }
    await(
        "entries in the buffer",
        () ->
            topics.metrics().stream()
                .anyMatch(metric -> metric.getName().equals("buffer/entries")));
    topics.command("train-1", ControlAction.TRAIN, null);
    await("a run at work", () -> HeldRuns.started.getCount() == 0);

    for (int i = 2; i <= 6; i++) {
      topics.command("train-" + i, ControlAction.TRAIN, null);
      int superseded = i - 2;
      await(
          "the end of " + superseded + " requests in a checkpoint",
          () -> topics.trainingEvents(TrainingStatus.SUPERSEDED).size() == superseded);
    }
    assertThat(topics.trainingEvents(TrainingStatus.COMPLETED)).isEmpty();
    HeldRuns.release.countDown();
    await("both runs", () -> topics.trainingEvents(TrainingStatus.COMPLETED).size() == 2);

    assertThat(topics.trainingEvents(TrainingStatus.REQUESTED)).hasSize(6).doesNotHaveDuplicates();
    await("the first candidate live", () -> topics.state().getLive() == 2);
    assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
  }

  @Test
  void labelsBecomeAVersionThatIsLive() throws Exception {
    ModelRegistry registry = new ModelRegistry(uri("registry"));
    SegmentationExample any =
        new SegmentationExample(
            "any", Halves.image(1), Halves.grey(1), Halves.HEIGHT, Halves.WIDTH);
    Path first = folder.resolve("first");
    TrainingOptions untrained = TrainingOptions.builder(0, 1).build();
    Trainer.train(TrainingJob.of(Halves.SPEC, ExampleSource.of(List.of(any)), untrained, first));
    registry.uploadCandidate("first", first);
    registry.publish("road", 1, "first", ManifestDraft.EMPTY);

    StreamExecutionEnvironment env = environment();
    LearnJob.build(env, options(new TriggerOptions(16, 10)));
    job = env.executeAsync("learn");
    topics.command("live", ControlAction.ACTIVATE, 1L);
    for (long sequence = 1; sequence <= 20; sequence++) {
      topics.sendFrameAndMask(sequence);
    }
    for (long sequence = 20; sequence >= 1; sequence--) {
      topics.sendLabel(sequence);
      if (sequence % 4 == 0) {
        topics.sendLabel(sequence);
      }
    }
    await("version 2 live", () -> topics.state() != null && topics.state().getLive() == 2);

    assertThat(topics.state())
        .returns(2L, ModelState::getRevision)
        .returns(1L, ModelState::getPrevious);
    VersionManifest manifest = registry.manifest("road", 2);
    assertThat(manifest.parent()).contains(1L);
    assertThat(Path.of(URI.create(manifest.replayManifest().orElseThrow()))).exists();
    registry.fetch("road", 2, folder.resolve("second"));
    try (ServingModel model = ServingModels.load(folder.resolve("second"))) {
      assertThat(model.spec()).isEqualTo(Halves.SPEC);
    }
    List<Metric> metrics = topics.metrics();
    assertThat(metrics.stream().filter(metric -> metric.getName().equals("served/miou")))
        .hasSize(20)
        .allMatch(metric -> metric.getValue() == 1.0);
    assertThat(metrics.stream().filter(metric -> metric.getName().equals("holdout/miou")))
        .extracting(Metric::getVersion)
        .containsExactly(2L, 1L);
    assertThat(topics.events().stream().flatMap(LearnJobITCase::text))
        .containsSubsequence("1 LIVE", "0 CANDIDATE", "2 BLESS", "2 BLESSED", "2 LIVE");
  }

  private static Stream<String> text(ModelEvent event) {
    if (event.getEvent() instanceof VersionStatusChange change) {
      return Stream.of(event.getVersion() + " " + change.getStatus());
    }
    return event.getEvent() instanceof Verdict verdict
        ? Stream.of(event.getVersion() + " " + verdict.getDecision())
        : Stream.empty();
  }
}
