package io.segue.deploy.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.image.ImageEncoder;
import io.segue.connectors.image.MaskCodec;
import io.segue.connectors.kafka.EmbeddedBroker;
import io.segue.connectors.kafka.LatestState;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.TopicAdmin;
import io.segue.connectors.registry.ManifestDraft;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.connectors.registry.VersionManifest;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
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
import io.segue.operators.replay.Part;
import io.segue.operators.replay.ReplayOptions;
import io.segue.operators.replay.Sampling;
import io.segue.operators.train.TrainRun;
import io.segue.operators.train.TrainingRecipe;
import io.segue.operators.train.TriggerOptions;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.Decision;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.ImageEncoding;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.MaskEncoding;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.TaxonomyRef;
import io.segue.schemas.avro.TrainingStatus;
import io.segue.schemas.avro.TrainingStatusChange;
import io.segue.schemas.avro.Verdict;
import io.segue.schemas.avro.VersionStatusChange;
import io.segue.schemas.flow.GateResult;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job between real topics. It has no second life: one failed checkpoint ends it. */
class LearnJobITCase {
  private static final int WIDTH = 64;
  private static final int HEIGHT = 48;
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Taxonomy TAXONOMY =
      new Taxonomy(
          "halves",
          1,
          List.of(
              new TaxonomyClass("dark", 0x202020),
              new TaxonomyClass("light", 0xe0e0e0),
              new TaxonomyClass("blue", 0x2020e0)),
          255);
  private static final ModelSpec SPEC =
      new ModelSpec(
          "road",
          SegmentationModelConfig.parse(
              """
              num_classes: 3
              backbone:
                type: mobilenet
                mobilenet: {filter_size_scale: 0.1, output_stride: 16, output_intermediate_endpoints: true}
              decoder: {type: aspp, aspp: {dilation_rates: [2], num_filters: 8}}
              head: {level: 4, num_convs: 1, num_filters: 8, feature_fusion: deeplabv3plus,
                     low_level: 2/depthwise, low_level_num_filters: 8}
              """),
          HEIGHT,
          WIDTH,
          TAXONOMY);

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
    public boolean contains(String model, long version) {
      return true;
    }

    @Override
    public long publish(GateResult blessed, long above) {
      return above + 1;
    }
  }

  @TempDir Path folder;
  private final SegueTopics topics = new SegueTopics();
  private EmbeddedBroker broker;
  private KafkaProducer<byte[], byte[]> producer;
  private JobClient job;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
    try (TopicAdmin admin = new TopicAdmin(broker.clientProperties())) {
      admin.create(topics.settings(2), 1);
    }
    producer =
        new KafkaProducer<>(
            broker.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterEach
  void stop() throws Exception {
    HeldRuns.release.countDown();
    if (job != null && !job.getJobStatus().get().isTerminalState()) {
      job.cancel().get();
    }
    producer.close();
    broker.close();
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
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            "road",
            TAXONOMY,
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
        new GateOptions(-1, 3, "s1"),
        8,
        defaults.sink());
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  private void send(String topic, String key, SpecificRecord record) {
    var unused =
        producer.send(
            new ProducerRecord<>(
                topic, key.getBytes(StandardCharsets.UTF_8), AvroCodec.encode(record)));
  }

  private void command(String id, ControlAction action, Long version) {
    send(
        topics.control(),
        "road",
        ControlCommand.newBuilder()
            .setCommandId(id)
            .setAction(action)
            .setModel("road")
            .setVersion(version)
            .setRequestedAt(Instant.EPOCH)
            .build());
  }

  private static byte[] classes(long sequence) {
    byte[] indices = new byte[WIDTH * HEIGHT];
    for (int i = 0; i < indices.length; i++) {
      int x = i % WIDTH;
      indices[i] = (byte) (x < (sequence * 7) % WIDTH ? 0 : i / WIDTH < HEIGHT / 2 ? 1 : 2);
    }
    return indices;
  }

  private static byte[] image(long sequence) {
    ByteBuffer rgb = ByteBuffer.allocateDirect(3 * WIDTH * HEIGHT);
    for (byte index : classes(sequence)) {
      int colour = TAXONOMY.classes().get(index).rgb();
      rgb.put((byte) (colour >> 16)).put((byte) (colour >> 8)).put((byte) colour);
    }
    return ImageEncoder.encodePng(rgb.flip(), WIDTH, HEIGHT);
  }

  private static FrameId id(long sequence) {
    return new FrameId("cam", 1_700_000_000_000L, sequence);
  }

  private void sendFrameAndMask(long sequence) {
    send(
        topics.frames(),
        "cam",
        Frame.newBuilder()
            .setId(id(sequence))
            .setCaptureTime(Instant.ofEpochSecond(1_700_000_000L + sequence))
            .setEncoding(ImageEncoding.PNG)
            .setPayload(ByteBuffer.wrap(image(sequence)))
            .setAttributes(
                Map.of(Part.ATTRIBUTE, (sequence % 5 == 0 ? Part.HOLDOUT : Part.TRAINING).id()))
            .build());
    byte[] png = MaskCodec.encode(ByteBuffer.wrap(classes(sequence)), WIDTH, HEIGHT, TAXONOMY);
    send(
        topics.masks(),
        "cam",
        Mask.newBuilder()
            .setId(id(sequence))
            .setCaptureTime(Instant.ofEpochSecond(1_700_000_000L + sequence))
            .setModel("road")
            .setVersion(1)
            .setPlan("s1")
            .setTaxonomy(new TaxonomyRef("halves", 1))
            .setWidth(WIDTH)
            .setHeight(HEIGHT)
            .setEncoding(MaskEncoding.PNG_INDEXED)
            .setPayload(ByteBuffer.wrap(png))
            .setOrdinal(sequence)
            .build());
  }

  private void sendLabel(long sequence) {
    byte[] png = MaskCodec.encodeGrey(ByteBuffer.wrap(classes(sequence)), WIDTH, HEIGHT);
    send(
        topics.labels(),
        "cam",
        Label.newBuilder()
            .setId(id(sequence))
            .setTaxonomy(new TaxonomyRef("halves", 1))
            .setWidth(WIDTH)
            .setHeight(HEIGHT)
            .setEncoding(MaskEncoding.PNG_GRAY)
            .setPayload(ByteBuffer.wrap(png))
            .setLabelledAt(Instant.EPOCH)
            .build());
  }

  /** What is committed on a topic. */
  private <T extends SpecificRecord> List<T> committed(String topic, Class<T> type) {
    Properties client = broker.clientProperties();
    client.put("isolation.level", "read_committed");
    List<T> values = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(record -> values.add(AvroCodec.decode(record.value(), type)));
      }
    }
    return values;
  }

  private List<String> trainingEvents(TrainingStatus status) {
    return committed(topics.modelEvents(), ModelEvent.class).stream()
        .map(ModelEvent::getEvent)
        .filter(TrainingStatusChange.class::isInstance)
        .map(TrainingStatusChange.class::cast)
        .filter(change -> change.getStatus() == status)
        .map(TrainingStatusChange::getRequestId)
        .toList();
  }

  private ModelState state() throws Exception {
    return LatestState.readToEnd(
            broker.clientProperties(),
            topics.modelUpdates(),
            ModelState.class,
            Duration.ofSeconds(30))
        .get("road");
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
    command("live", ControlAction.ACTIVATE, 1L);
    for (long sequence = 1; sequence < 4; sequence++) {
      sendFrameAndMask(sequence);
      sendLabel(sequence);
    }
    await(
        "entries in the buffer",
        () ->
            committed(topics.metrics(), Metric.class).stream()
                .anyMatch(metric -> metric.getName().equals("buffer/entries")));
    command("train-1", ControlAction.TRAIN, null);
    await("a run at work", () -> HeldRuns.started.getCount() == 0);

    for (int i = 2; i <= 6; i++) {
      command("train-" + i, ControlAction.TRAIN, null);
      int superseded = i - 2;
      await(
          "the end of " + superseded + " requests in a checkpoint",
          () -> trainingEvents(TrainingStatus.SUPERSEDED).size() == superseded);
    }
    assertThat(trainingEvents(TrainingStatus.COMPLETED)).isEmpty();
    HeldRuns.release.countDown();
    await("both runs", () -> trainingEvents(TrainingStatus.COMPLETED).size() == 2);

    assertThat(trainingEvents(TrainingStatus.REQUESTED)).hasSize(6).doesNotHaveDuplicates();
    await("the first candidate live", () -> state().getLive() == 2);
    assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
  }

  @Test
  void labelsBecomeAVersionThatIsLive() throws Exception {
    ModelRegistry registry = new ModelRegistry(uri("registry"));
    SegmentationExample any =
        new SegmentationExample(
            "any",
            image(1),
            MaskCodec.encodeGrey(ByteBuffer.wrap(classes(1)), WIDTH, HEIGHT),
            HEIGHT,
            WIDTH);
    Path first = folder.resolve("first");
    TrainingOptions untrained = TrainingOptions.builder(0, 1).build();
    Trainer.train(TrainingJob.of(SPEC, ExampleSource.of(List.of(any)), untrained, first));
    registry.uploadCandidate("first", first);
    registry.publish("road", 1, "first", ManifestDraft.EMPTY);

    StreamExecutionEnvironment env = environment();
    LearnJob.build(env, options(new TriggerOptions(16, 10)));
    job = env.executeAsync("learn");
    command("live", ControlAction.ACTIVATE, 1L);
    for (long sequence = 1; sequence <= 20; sequence++) {
      sendFrameAndMask(sequence);
    }
    for (long sequence = 20; sequence >= 1; sequence--) {
      sendLabel(sequence);
      if (sequence % 4 == 0) {
        sendLabel(sequence);
      }
    }
    await("version 2 live", () -> state() != null && state().getLive() == 2);

    assertThat(state()).returns(2L, ModelState::getRevision).returns(1L, ModelState::getPrevious);
    VersionManifest manifest = registry.manifest("road", 2);
    assertThat(manifest.parent()).contains(1L);
    assertThat(Path.of(URI.create(manifest.replayManifest().orElseThrow()))).exists();
    registry.fetch("road", 2, folder.resolve("second"));
    try (ServingModel model = ServingModels.load(folder.resolve("second"))) {
      assertThat(model.spec()).isEqualTo(SPEC);
    }
    List<Metric> metrics = committed(topics.metrics(), Metric.class);
    assertThat(metrics.stream().filter(metric -> metric.getName().equals("served/miou")))
        .hasSize(20)
        .allMatch(metric -> metric.getValue() == 1.0);
    assertThat(metrics.stream().filter(metric -> metric.getName().equals("holdout/miou")))
        .extracting(Metric::getVersion)
        .containsExactly(2L, 1L);
    assertThat(
            committed(topics.modelEvents(), ModelEvent.class).stream()
                .flatMap(LearnJobITCase::text))
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
