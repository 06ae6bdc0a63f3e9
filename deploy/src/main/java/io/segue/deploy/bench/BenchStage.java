package io.segue.deploy.bench;

import io.segue.connectors.kafka.Delivery;
import io.segue.connectors.kafka.EmbeddedBroker;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.SinkOptions;
import io.segue.connectors.kafka.TopicAdmin;
import io.segue.connectors.registry.ManifestDraft;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.deploy.bench.bare.BenchNetwork;
import io.segue.deploy.job.SegmentJobOptions;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import io.segue.operators.assign.StreamRule;
import io.segue.operators.assign.StreamRules;
import io.segue.operators.record.LocalFolders;
import io.segue.operators.segment.ServingOptions;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.ModelState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What surrounds the job in a measurement: a broker with all topics, a registry with versions of
 * one network, and the place of the one who announces which is live. All of it lies in a temporary
 * folder that goes with it.
 */
final class BenchStage implements AutoCloseable {
  static final String MODEL = "bench";
  private static final int PARTITIONS = 8;

  /**
   * Below the job's own limit, about which networks lie that have learned for half a minute: a
   * single frame would decide whether a version serves in bfloat16 or in float32.
   */
  private static final double LEAST_AGREEMENT = 0.95;

  private final Path folder;
  private final EmbeddedBroker broker;
  private final ModelRegistry registry;
  private final KafkaProducer<byte[], byte[]> announcer;
  private final List<Path> networks = new ArrayList<>();
  private SegueTopics topics = new SegueTopics();
  private long published;
  private long revision;
  private long live;

  private BenchStage(Path folder, EmbeddedBroker broker) {
    this.folder = folder;
    this.broker = broker;
    this.registry = new ModelRegistry(uri("registry"));
    this.announcer =
        new KafkaProducer<>(kafka(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Sets the stage with as many versions of a network as it has weights; version 1 is live.
   *
   * @param pictures what the network learns from
   * @param weights different ones, 1 or more
   */
  static BenchStage set(ModelSpec spec, BenchPictures pictures, int weights)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("segue-bench-");
    BenchStage stage = new BenchStage(folder, EmbeddedBroker.start(folder.resolve("kafka"), 0));
    boolean ready = false;
    try {
      for (int i = 1; i <= weights; i++) {
        stage.networks.add(folder.resolve("built-" + i));
      }
      BenchNetwork.writeTrained(spec, pictures.examples(), stage.networks);
      for (int version = 1; version <= weights; version++) {
        stage.publish();
      }
      stage.createTopics();
      ready = true;
      return stage;
    } finally {
      if (!ready) {
        stage.close();
      }
    }
  }

  /** Goes on with empty topics under another prefix, version 1 live. */
  void renew(String prefix) throws InterruptedException {
    topics = new SegueTopics(prefix + ".");
    createTopics();
  }

  private void createTopics() throws InterruptedException {
    try (TopicAdmin admin = new TopicAdmin(kafka())) {
      admin.create(topics.settings(PARTITIONS), 1);
    }
    live = 0;
    activate(1);
  }

  Properties kafka() {
    return broker.clientProperties();
  }

  SegueTopics topics() {
    return topics;
  }

  Path folder() {
    return folder;
  }

  /** A sub-folder as Flink's file systems name it. */
  String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  /** Directory of a published version. */
  Path version(long version) {
    return folder.resolve("registry").resolve(MODEL).resolve(Long.toString(version));
  }

  /**
   * A version as the job serves it: in bfloat16 where it agrees with float32 on a picture.
   *
   * @param version that is published
   * @param rgb the picture, of the network's input size
   */
  ServingModel load(long version, ByteBuffer rgb) {
    ServingOptions serving = options().serving();
    ServingModel model = ServingModels.load(version(version), serving.engineChoice());
    int height = model.spec().inputHeight();
    int width = model.spec().inputWidth();
    try (Segmentation masks = model.warm(rgb, 1, height, width, Plan.SINGLE)) {
      var unusedShare =
          model.settle(masks, rgb, 1, height, width, Plan.SINGLE, serving.leastAgreement());
    }
    return model;
  }

  /** The segment job as {@link #options(StreamRule)} has it, every stream on this stage's model. */
  SegmentJobOptions options() {
    return options(new StreamRule("*", MODEL, Plan.SINGLE.id()));
  }

  /** The segment job with its defaults, exactly once, and a rule for all streams. */
  SegmentJobOptions options(StreamRule rule) {
    SegmentJobOptions defaults =
        SegmentJobOptions.of(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            uri("registry"),
            uri("payloads"),
            new StreamRules(List.of(rule)));
    return new SegmentJobOptions(
        defaults.kafka(),
        topics.prefix(),
        topics.prefix() + "segment",
        defaults.startingOffsets(),
        defaults.registryRoot(),
        defaults.payloadRoot(),
        defaults.streams(),
        defaults.serving().withLeastAgreement(LEAST_AGREEMENT),
        defaults.limits(),
        defaults.identities(),
        defaults.streamTtl(),
        defaults.inFlight(),
        defaults.labelRequests(),
        new SinkOptions(Delivery.EXACTLY_ONCE, topics.prefix() + "segment"));
  }

  /**
   * Publishes the next version: the weights take turns.
   *
   * @return its number
   */
  long publish() throws IOException {
    long version = published + 1;
    String candidate = "candidate-" + version;
    registry.uploadCandidate(candidate, networks.get(weightsOf(version, networks.size())));
    registry.publish(MODEL, version, candidate, ManifestDraft.EMPTY);
    published = version;
    return version;
  }

  /** Which of {@code weights} a version has, from 0 on. */
  static int weightsOf(long version, int weights) {
    return (int) ((version - 1) % weights);
  }

  /**
   * Announces a version as the live one, as the control operator would.
   *
   * @return the time when the broker had it, milliseconds since 1970
   */
  long activate(long version) throws InterruptedException {
    revision++;
    ModelState state =
        ModelState.newBuilder()
            .setModel(MODEL)
            .setRevision(revision)
            .setLive(version)
            .setPrevious(live == 0 ? null : live)
            .setUpdatedAt(Instant.now())
            .setReason("bench")
            .build();
    live = version;
    byte[] key = MODEL.getBytes(StandardCharsets.UTF_8);
    try {
      announcer
          .send(new ProducerRecord<>(topics.modelUpdates(), key, AvroCodec.encode(state)))
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("version %d cannot be announced".formatted(version), e);
    }
    return System.currentTimeMillis();
  }

  @Override
  public void close() throws IOException {
    announcer.close();
    broker.close();
    LocalFolders.delete(folder);
  }
}
