package io.segue.tests.segment;

import io.segue.connectors.image.ImageEncoder;
import io.segue.connectors.kafka.EmbeddedBroker;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.TopicAdmin;
import io.segue.connectors.registry.ManifestDraft;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.deploy.job.LearnJobOptions;
import io.segue.deploy.job.SegmentJobOptions;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.data.ExampleSource;
import io.segue.model.serve.ExportOptions;
import io.segue.model.serve.ExportOptions.InputType;
import io.segue.model.serve.ModelDirectory;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingOptions;
import io.segue.operators.assign.StreamRule;
import io.segue.operators.assign.StreamRules;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.CutOver;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.tests.stream.FrameFeeder;
import io.segue.tests.stream.RecordCount;
import io.segue.tests.stream.StreamOutcomes;
import io.segue.tests.stream.TopicReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Broker, topics and registry around a segment job, with small untrained models: what is proved
 * with it is who serves which frame when, not how well.
 */
public final class SegmentLine implements AutoCloseable {

  static final String MODEL = "line";
  static final Taxonomy TAXONOMY =
      new Taxonomy(
          "line-3",
          1,
          List.of(
              new TaxonomyClass("sky", 0x4682B4),
              new TaxonomyClass("road", 0x804080),
              new TaxonomyClass("car", 0x00008E)),
          255);

  /** Size of the networks' input. */
  static final int HEIGHT = 64;

  static final int WIDTH = 96;

  private static final int PARTITIONS = 4;

  private final Path folder;
  private final String bootstrapServers;
  private final Runnable closeBroker;
  private final SegueTopics topics = new SegueTopics();
  private final ModelRegistry registry;
  private final Map<IsolationLevel, RecordCount> counts = new EnumMap<>(IsolationLevel.class);
  private long revision;
  private long live;

  private SegmentLine(Path folder, String bootstrapServers, Runnable closeBroker) {
    this.folder = folder;
    this.bootstrapServers = bootstrapServers;
    this.closeBroker = closeBroker;
    this.registry = new ModelRegistry(registryRoot());
  }

  /**
   * Starts a broker in this process, creates all topics and publishes versions 1 to {@code
   * versions}; 1 is live.
   */
  static SegmentLine start(Path folder, int versions) throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
    SegmentLine line = new SegmentLine(folder, broker.bootstrapServers(), broker::close);
    line.prepare(versions);
    return line;
  }

  /** The same with a broker that runs already, and goes on when the line is closed. */
  static SegmentLine at(String bootstrapServers, Path folder, int versions) throws Exception {
    SegmentLine line = new SegmentLine(folder, bootstrapServers, () -> {});
    line.prepare(versions);
    return line;
  }

  private void prepare(int versions) throws Exception {
    Properties client = new Properties();
    client.put("bootstrap.servers", bootstrapServers);
    try (TopicAdmin admin = new TopicAdmin(client)) {
      admin.create(topics.settings(PARTITIONS), 1);
    }
    for (long version = 1; version <= versions; version++) {
      publish(version);
    }
    activate(1);
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  SegueTopics topics() {
    return topics;
  }

  Path folder() {
    return folder;
  }

  /** Directory of a published version. */
  Path versionDirectory(long version) {
    return folder.resolve("registry").resolve(MODEL).resolve(Long.toString(version));
  }

  TopicReader reader() {
    return new TopicReader(bootstrapServers());
  }

  FrameFeeder feeder() {
    return new FrameFeeder(bootstrapServers(), topics.frames());
  }

  StreamOutcomes outcomes(IsolationLevel isolation) {
    return StreamOutcomes.read(reader(), topics, isolation);
  }

  /** Outcomes visible under {@code isolation}, masks and dead letters together. */
  int countOutcomes(IsolationLevel isolation) {
    return counts
        .computeIfAbsent(
            isolation,
            it ->
                new RecordCount(
                    bootstrapServers(), List.of(topics.masks(), topics.deadLetters()), it))
        .now();
  }

  /**
   * Outcomes that only a reader of everything sees: those that are not committed yet, and for good
   * those that were rolled back.
   */
  int countUncommitted() {
    return countOutcomes(IsolationLevel.READ_UNCOMMITTED)
        - countOutcomes(IsolationLevel.READ_COMMITTED);
  }

  /** Whether a stream has been cut over to a version, in a mask that is committed. */
  boolean hasServed(long version) {
    return reader()
        .values(topics.modelEvents(), IsolationLevel.READ_COMMITTED, ModelEvent.class)
        .stream()
        .anyMatch(
            event ->
                event.getEvent() instanceof CutOver cutOver && cutOver.getToVersion() == version);
  }

  /** The job's options: exactly once, every stream on the line's model. */
  SegmentJobOptions options() {
    return SegmentJobOptions.of(
        Map.of("bootstrap.servers", bootstrapServers()),
        registryRoot(),
        folder.resolve("payloads").toUri().toString(),
        new StreamRules(List.of(new StreamRule("*", MODEL, Plan.SINGLE.id(), 0))));
  }

  /** Options of a learn job that is given no labels: it carries out commands. */
  LearnJobOptions learnOptions() {
    return LearnJobOptions.of(
        Map.of("bootstrap.servers", bootstrapServers()),
        MODEL,
        TAXONOMY,
        registryRoot(),
        folder.resolve("payloads").toUri().toString(),
        uri("replay"),
        folder.resolve("work").toString());
  }

  /** Checkpoints every {@code millis}, kept under the line's folder; restarts at once. */
  Configuration engine(long millis) {
    return new Configuration()
        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, java.time.Duration.ofMillis(millis))
        .set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, uri("checkpoints"))
        .set(CheckpointingOptions.SAVEPOINT_DIRECTORY, uri("savepoints"))
        .set(
            CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
            ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION)
        .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
        .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 20)
        .set(
            RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY,
            java.time.Duration.ofMillis(200));
  }

  /** Announces a version as the live one, as the control operator would. */
  void activate(long version) throws Exception {
    revision++;
    long previous = live;
    live = version;
    ModelState state =
        ModelState.newBuilder()
            .setModel(MODEL)
            .setRevision(revision)
            .setLive(version)
            .setPrevious(previous == 0 ? null : previous)
            .setPins(List.of())
            .setActivations(List.of())
            .setUpdatedAt(Instant.now())
            .setReason("test")
            .build();
    send(topics.modelUpdates(), state);
  }

  /** Commands a change of the model's state, which a learn job carries out. */
  void command(ControlAction action, Long version, Map<String, String> arguments) throws Exception {
    send(
        topics.control(),
        ControlCommand.newBuilder()
            .setCommandId(UUID.randomUUID().toString())
            .setAction(action)
            .setModel(MODEL)
            .setVersion(version)
            .setArguments(arguments)
            .setRequestedBy("test")
            .setRequestedAt(Instant.now())
            .build());
  }

  private void send(String topic, SpecificRecord value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      byte[] key = MODEL.getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, key, AvroCodec.encode(value))).get();
    }
  }

  /** Publishes an untrained version; its number is the seed of its weights. */
  void publish(long version) throws IOException, InterruptedException {
    Path built = folder.resolve("built-" + version);
    Trainer.train(
        TrainingJob.of(
            spec(),
            ExampleSource.of(List.of()),
            TrainingOptions.builder(0, 1).seed(version).build(),
            built));
    publish(version, built);
  }

  /** Publishes a SavedModel of one frame a call with the weights of a version, to run as it is. */
  void publishAsItIs(long version, long weightsOf) throws IOException {
    Path source = versionDirectory(weightsOf);
    ModelSpec spec = spec();
    Path exported = folder.resolve("exported-" + version);
    ModelDirectory.export(
        exported,
        spec,
        ModelDirectory.readWeights(source, spec),
        new ExportOptions(InputType.IMAGE_TENSOR, Optional.of(1), false, false));
    Path adopted = folder.resolve("built-" + version);
    ModelDirectory.adopt(adopted, ModelSpec.ofSavedModel(MODEL, HEIGHT, WIDTH, TAXONOMY), exported);
    publish(version, adopted);
  }

  private void publish(long version, Path built) throws IOException {
    String candidate = "candidate-" + version;
    registry.uploadCandidate(candidate, built);
    registry.publish(MODEL, version, candidate, ManifestDraft.EMPTY);
  }

  /** A noise picture, fixed by its seed, as JPEG. */
  static byte[] jpeg(int width, int height, long seed) {
    byte[] pixels = new byte[width * height * 3];
    new Random(seed).nextBytes(pixels);
    ByteBuffer rgb = ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
    return ImageEncoder.encodeJpeg(rgb, width, height, 80);
  }

  @Override
  public void close() {
    counts.values().forEach(RecordCount::close);
    closeBroker.run();
  }

  private String registryRoot() {
    return uri("registry");
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  /** A small network of the real shape. */
  public static ModelSpec spec() {
    return new ModelSpec(
        MODEL,
        SegmentationModelConfig.parse(
            """
            num_classes: 3
            input_size: [null, null, 3]
            backbone:
              type: mobilenet
              mobilenet: {filter_size_scale: 0.25, output_stride: 16, output_intermediate_endpoints: true}
            decoder:
              type: aspp
              aspp: {dilation_rates: [2, 4], num_filters: 16}
            head: {level: 4, num_convs: 1, num_filters: 16, feature_fusion: deeplabv3plus, low_level: 2/depthwise, low_level_num_filters: 8}
            """),
        HEIGHT,
        WIDTH,
        TAXONOMY);
  }
}
