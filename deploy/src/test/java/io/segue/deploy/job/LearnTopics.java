package io.segue.deploy.job;

import io.segue.connectors.kafka.EmbeddedBroker;
import io.segue.connectors.kafka.LatestState;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.TopicAdmin;
import io.segue.operators.replay.Part;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The topics of the learn job in a broker of their own: what a test sends there and reads there.
 */
final class LearnTopics implements AutoCloseable {
  private final SegueTopics names = new SegueTopics();
  private final EmbeddedBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;

  LearnTopics(Path folder) throws Exception {
    broker = EmbeddedBroker.start(folder, 0);
    try (TopicAdmin admin = new TopicAdmin(broker.clientProperties())) {
      admin.create(names.settings(2), 1);
    }
    producer =
        new KafkaProducer<>(
            broker.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  private void send(String topic, String key, SpecificRecord record) {
    var unused =
        producer.send(
            new ProducerRecord<>(
                topic, key.getBytes(StandardCharsets.UTF_8), AvroCodec.encode(record)));
  }

  void command(String id, ControlAction action, Long version) {
    send(
        names.control(),
        "road",
        ControlCommand.newBuilder()
            .setCommandId(id)
            .setAction(action)
            .setModel("road")
            .setVersion(version)
            .setRequestedAt(Instant.EPOCH)
            .build());
  }

  private static FrameId id(long sequence) {
    return new FrameId("cam", 1_700_000_000_000L, sequence);
  }

  void sendFrameAndMask(long sequence) {
    send(
        names.frames(),
        "cam",
        Frame.newBuilder()
            .setId(id(sequence))
            .setCaptureTime(Instant.ofEpochSecond(1_700_000_000L + sequence))
            .setEncoding(ImageEncoding.PNG)
            .setPayload(ByteBuffer.wrap(Halves.image(sequence)))
            .setAttributes(
                Map.of(Part.ATTRIBUTE, (sequence % 5 == 0 ? Part.HOLDOUT : Part.TRAINING).id()))
            .build());
    byte[] png = Halves.indexed(sequence);
    send(
        names.masks(),
        "cam",
        Mask.newBuilder()
            .setId(id(sequence))
            .setCaptureTime(Instant.ofEpochSecond(1_700_000_000L + sequence))
            .setModel("road")
            .setVersion(1)
            .setPlan("s1")
            .setTaxonomy(new TaxonomyRef("halves", 1))
            .setWidth(Halves.WIDTH)
            .setHeight(Halves.HEIGHT)
            .setEncoding(MaskEncoding.PNG_INDEXED)
            .setPayload(ByteBuffer.wrap(png))
            .setOrdinal(sequence)
            .build());
  }

  void sendLabel(long sequence) {
    byte[] png = Halves.grey(sequence);
    send(
        names.labels(),
        "cam",
        Label.newBuilder()
            .setId(id(sequence))
            .setTaxonomy(new TaxonomyRef("halves", 1))
            .setWidth(Halves.WIDTH)
            .setHeight(Halves.HEIGHT)
            .setEncoding(MaskEncoding.PNG_GRAY)
            .setPayload(ByteBuffer.wrap(png))
            .setLabelledAt(Instant.EPOCH)
            .build());
  }

  List<Metric> metrics() {
    return committed(names.metrics(), Metric.class);
  }

  List<ModelEvent> events() {
    return committed(names.modelEvents(), ModelEvent.class);
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

  List<String> trainingEvents(TrainingStatus status) {
    return events().stream()
        .map(ModelEvent::getEvent)
        .filter(TrainingStatusChange.class::isInstance)
        .map(TrainingStatusChange.class::cast)
        .filter(change -> change.getStatus() == status)
        .map(TrainingStatusChange::getRequestId)
        .toList();
  }

  ModelState state() throws Exception {
    return LatestState.readToEnd(
            broker.clientProperties(),
            names.modelUpdates(),
            ModelState.class,
            Duration.ofSeconds(30))
        .get("road");
  }

  @Override
  public void close() {
    producer.close();
    broker.close();
  }
}
