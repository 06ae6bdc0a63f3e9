package io.segue.deploy.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.image.ImageEncoder;
import io.segue.connectors.kafka.EmbeddedBroker;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.TopicAdmin;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.operators.assign.AssignVersion;
import io.segue.operators.assign.StreamRule;
import io.segue.operators.assign.StreamRules;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.CutOver;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.ImageEncoding;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job between real topics, with a model that paints each frame with its version. */
class SegmentJobITCase {
  private static final long EPOCH = 1_700_000_000_000L;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final String OPERATOR = "flink_taskmanager_job_task_operator_";
  private static final AtomicBoolean FAIL_ONCE = new AtomicBoolean();

  @TempDir Path folder;
  private final SegueTopics topics = new SegueTopics();
  private EmbeddedBroker broker;
  private KafkaProducer<byte[], byte[]> producer;
  private JobClient job;

  private final List<Mask> masks = new ArrayList<>();
  private final List<DeadLetter> letters = new ArrayList<>();
  private final List<ModelEvent> events = new ArrayList<>();
  private final List<Metric> metrics = new ArrayList<>();
  private final Set<String> traces = new HashSet<>();

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
    try (TopicAdmin admin = new TopicAdmin(broker.clientProperties())) {
      admin.create(topics.settings(2), 1);
    }
    producer =
        new KafkaProducer<>(
            broker.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer());
    FAIL_ONCE.set(false);
    activate(1, 1);
  }

  @AfterEach
  void stop() throws Exception {
    if (job != null) {
      job.cancel().get();
    }
    producer.close();
    broker.close();
  }

  private void run() throws Exception {
    run(new Configuration());
  }

  private void run(Configuration given) throws Exception {
    Configuration configuration =
        given
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3)
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(100));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
    env.enableCheckpointing(500);
    SegmentJobOptions options =
        SegmentJobOptions.of(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            folder.resolve("registry").toUri().toString(),
            folder.resolve("payloads").toUri().toString(),
            new StreamRules(List.of(new StreamRule("*", "painter", "s1"))));
    SegmentJob.build(env, options, (model, version) -> new Painter(version));
    job = env.executeAsync("segment");
  }

  private void activate(long version, long revision) {
    send(
        topics.modelUpdates(),
        "painter",
        AvroCodec.encode(
            ModelState.newBuilder()
                .setModel("painter")
                .setRevision(revision)
                .setLive(version)
                .setPrevious(version > 1 ? version - 1 : null)
                .setUpdatedAt(Instant.EPOCH)
                .setReason("test")
                .build()));
    producer.flush();
  }

  private void send(String topic, String key, byte[] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value);
    record.headers().add("traceparent", TRACE.getBytes(StandardCharsets.US_ASCII));
    var unused = producer.send(record);
  }

  private void sendFrame(String stream, long epoch, long sequence, byte[] image) {
    Frame frame =
        Frame.newBuilder()
            .setId(new FrameId(stream, epoch, sequence))
            .setCaptureTime(Instant.ofEpochMilli(epoch + 40 * sequence))
            .setEncoding(ImageEncoding.PNG)
            .setPayload(ByteBuffer.wrap(image))
            .build();
    send(topics.frames(), stream, AvroCodec.encode(frame));
  }

  private static byte[] image(int width, int height) {
    return ImageEncoder.encodePng(ByteBuffer.allocateDirect(3 * width * height), width, height);
  }

  private void awaitOutcomes(BooleanSupplier done) {
    Properties options = broker.clientProperties();
    options.put("isolation.level", "read_committed");
    options.put("auto.offset.reset", "earliest");
    options.put("group.id", "test");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(
          List.of(topics.masks(), topics.deadLetters(), topics.modelEvents(), topics.metrics()));
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!done.getAsBoolean() && System.nanoTime() < end) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(
                record -> {
                  sort(AvroCodec.decode(record.value()));
                  if (List.of(topics.masks(), topics.deadLetters()).contains(record.topic())) {
                    Header trace = record.headers().lastHeader("traceparent");
                    traces.add(new String(trace.value(), StandardCharsets.US_ASCII));
                  }
                });
      }
      consumer.commitSync();
    }
  }

  private void sort(SpecificRecord record) {
    if (record instanceof Mask mask) {
      masks.add(mask);
    } else if (record instanceof DeadLetter letter) {
      letters.add(letter);
    } else if (record instanceof ModelEvent event) {
      events.add(event);
    } else if (record instanceof Metric metric) {
      metrics.add(metric);
    }
  }

  private static void failOnceAt(long place, long sequence) {
    if (sequence == place) {
      FAIL_ONCE.set(true);
    }
  }

  private List<Mask> masksOf(String stream) {
    return masks.stream().filter(mask -> mask.getId().getStreamId().equals(stream)).toList();
  }

  @Test
  void servesEveryFrameOnceAndInOrderWhileTheVersionChangesAndATaskFails() throws Exception {
    run();
    byte[] small = image(16, 8);
    byte[] large = image(32, 24);
    for (long sequence = 0; sequence < 60; sequence++) {
      sendFrame("camera-a", EPOCH, sequence, sequence % 3 == 0 ? large : small);
      sendFrame("camera-b", EPOCH, sequence, small);
    }
    awaitOutcomes(() -> masks.size() >= 120);
    activate(2, 2);
    for (long sequence = 60; sequence < 600; sequence++) {
      sendFrame("camera-a", EPOCH, sequence, small);
      sendFrame("camera-b", EPOCH, sequence, small);
      if (sequence % 20 == 0) {
        failOnceAt(300, sequence);
        producer.flush();
        int seen = masks.size();
        awaitOutcomes(() -> masks.size() > seen);
      }
    }
    awaitOutcomes(() -> masks.size() >= 1_200);

    assertThat(FAIL_ONCE).as("the task has failed once").isFalse();
    for (String stream : List.of("camera-a", "camera-b")) {
      List<Mask> served = masksOf(stream);
      assertThat(served.stream().map(Mask::getOrdinal))
          .containsExactlyElementsOf(LongStream.range(0, 600).boxed().toList());
      assertThat(served.stream().map(mask -> mask.getId().getSequence()))
          .containsExactlyElementsOf(LongStream.range(0, 600).boxed().toList());
      assertThat(served.stream().map(Mask::getVersion)).isSorted().contains(1L, 2L);
      long cutOver =
          served.stream().filter(m -> m.getVersion() == 2).findFirst().orElseThrow().getOrdinal();
      assertThat(
              events.stream()
                  .map(ModelEvent::getEvent)
                  .filter(CutOver.class::isInstance)
                  .map(CutOver.class::cast)
                  .filter(event -> event.getId().getStreamId().equals(stream))
                  .map(CutOver::getOrdinal))
          .containsExactly(0L, cutOver);
    }
    assertThat(masksOf("camera-a").get(0).getWidth()).isEqualTo(32);
    assertThat(letters).isEmpty();
  }

  @Test
  void whatIsWrongWithAFrameStaysWithItAndPrometheusSeesAllOfIt() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    run(
        Configuration.fromMap(
            Map.of(
                "metrics.reporters",
                "prometheus",
                "metrics.reporter.prometheus.factory.class",
                "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
                "metrics.reporter.prometheus.port",
                Integer.toString(port))));
    byte[] good = image(16, 8);
    byte[] truncated = java.util.Arrays.copyOf(good, good.length - 20);
    sendFrame("camera", EPOCH, 0, good);
    sendFrame("camera", EPOCH, 1, "not an image".getBytes(StandardCharsets.UTF_8));
    sendFrame("camera", EPOCH, 2, truncated);
    sendFrame("camera", EPOCH, 2, truncated);
    sendFrame("camera", EPOCH, 0, good);
    send(topics.frames(), "camera", new byte[] {1, 2, 3});
    sendFrame("camera", EPOCH, 4, good);
    sendFrame("camera", EPOCH, 3, good);
    sendFrame("camera", EPOCH + 1, 0, good);
    awaitOutcomes(() -> masks.size() >= 4 && letters.size() >= 3 && repeats() >= 2);

    assertThat(masks)
        .extracting(Mask::getOrdinal, mask -> mask.getId().getSequence(), Mask::getLate)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0L, 0L, false),
            org.assertj.core.groups.Tuple.tuple(3L, 4L, false),
            org.assertj.core.groups.Tuple.tuple(4L, 3L, true),
            org.assertj.core.groups.Tuple.tuple(5L, 0L, false));
    assertThat(letters)
        .extracting(DeadLetter::getCause, DeadLetter::getOrdinal)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(DeadLetterCause.NOT_AN_IMAGE, 1L),
            org.assertj.core.groups.Tuple.tuple(DeadLetterCause.IMAGE_TRUNCATED, 2L),
            org.assertj.core.groups.Tuple.tuple(DeadLetterCause.MALFORMED_RECORD, null));
    assertThat(repeats()).isEqualTo(2);
    assertThat(traces).containsExactly(TRACE);
    assertFiguresOfFourMasksAndThreeDeadLetters(scraped(port));
  }

  private static void assertFiguresOfFourMasksAndThreeDeadLetters(List<String> lines) {
    assertThat(sum(lines, "engine_frames")).isEqualTo(4);
    assertThat(sum(lines, "engine_batches")).isBetween(1.0, 4.0);
    assertThat(sum(lines, "engine_queueDepth")).isZero();
    for (String step : List.of("wait", "decode", "inference", "encode")) {
      assertThat(sum(lines, "engine_" + step + "Nanos")).as(step).isBetween(1.0, 240e9);
    }
    assertThat(sum(lines, "engine_versionsInMemory")).isEqualTo(1);
    assertThat(sum(lines, "engine_nativeBytes"))
        .isPositive()
        .isLessThan(sum(lines, "engine_residentBytes"));
    assertThat(sum(lines, "deadLetters_NOT_AN_IMAGE")).isEqualTo(1);
    assertThat(sum(lines, "deadLetters_IMAGE_TRUNCATED")).isEqualTo(1);
    assertThat(sum(lines, "deadLetters_MALFORMED_RECORD")).isEqualTo(1);
    assertThat(sum(lines, "plan_masks")).isEqualTo(4);
    assertThat(lines).anyMatch(line -> line.contains("plan_masks") && line.contains("plan=\"s1\""));
    assertThat(sum(lines, "lagMillis")).isBetween(0.0, 2.0 * PATIENCE.toMillis());
    assertThat(sum(lines, "foundSequences")).isEqualTo(1);
    assertThat(sum(lines, "missingSequences")).isEqualTo(1);
  }

  private static List<String> scraped(int port) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/metrics".formatted(port))).build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofLines())
        .body()
        .toList();
  }

  /** The sum of a metric over all subtasks. */
  private static double sum(List<String> lines, String metric) {
    return lines.stream()
        .filter(line -> line.startsWith(OPERATOR + metric + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private long repeats() {
    return metrics.stream()
        .filter(metric -> metric.getName().equals(AssignVersion.REPEAT_METRIC))
        .count();
  }

  /** Paints every pixel with its version; fails its task once on request. */
  private record Painter(long version) implements ServingModel {
    private static final Taxonomy TAXONOMY =
        new Taxonomy(
            "paint",
            1,
            List.of(
                new TaxonomyClass("none", 0),
                new TaxonomyClass("one", 1),
                new TaxonomyClass("two", 2)),
            255);

    @Override
    public ModelSpec spec() {
      return new ModelSpec(
          "painter", SegmentationModelConfig.parse("num_classes: 3"), 8, 8, TAXONOMY);
    }

    @Override
    public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
      if (version == 2 && width == 16 && FAIL_ONCE.compareAndSet(true, false)) {
        throw new OutOfMemoryError("scripted");
      }
      byte[] mask = new byte[height * width];
      java.util.Arrays.fill(mask, (byte) version);
      return new Segmentation() {
        @Override
        public ByteBuffer mask(int index) {
          return ByteBuffer.wrap(mask).asReadOnlyBuffer();
        }

        @Override
        public float margin(int index) {
          return 0.5f;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {}
  }
}
