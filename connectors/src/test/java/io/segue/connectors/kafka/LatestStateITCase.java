package io.segue.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.ModelState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatestStateITCase {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private final SegueTopics topics = new SegueTopics();

  @TempDir private Path dir;

  @Test
  void isTheLastCommittedValueOfEachKey() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
        TopicAdmin admin = new TopicAdmin(broker.clientProperties());
        var producer = Topics.transactional(broker, "writer")) {
      admin.create(topics.settings(1), 1);
      assertThat(read(broker)).isEmpty();

      producer.beginTransaction();
      send(producer, update("road", 1));
      send(producer, update("sea", 1));
      send(producer, update("road", 2));
      send(producer, new ProducerRecord<>(topics.modelUpdates(), "sea".getBytes(UTF_8), null));
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, update("road", 3));
      assertThat(read(broker)).extractingByKey("road").extracting("revision").isEqualTo(2L);
      producer.abortTransaction();

      assertThat(read(broker))
          .containsOnlyKeys("road")
          .extractingByKey("road")
          .extracting("revision")
          .isEqualTo(2L);
    }
  }

  @Test
  void namesThePlaceOfAValueThatItCannotRead() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
        TopicAdmin admin = new TopicAdmin(broker.clientProperties());
        var producer = Topics.producer(broker)) {
      admin.create(topics.settings(1), 1);
      send(producer, update("road", 1));
      byte[] key = "sea".getBytes(UTF_8);
      send(producer, new ProducerRecord<>(topics.modelUpdates(), key, new byte[] {1, 2, 3}));
      assertThatThrownBy(() -> read(broker))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'segue.model-updates' partition 0 offset 1: 3 bytes do not begin");
    }
  }

  @Test
  void saysThatNoBrokerAnswers() {
    Properties nowhere = new Properties();
    nowhere.put("bootstrap.servers", "127.0.0.1:1");
    assertThatThrownBy(
            () ->
                LatestState.readToEnd(
                    nowhere, topics.modelUpdates(), ModelState.class, Duration.ofMillis(300)))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("127.0.0.1:1");
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record)
      throws Exception {
    producer.send(record).get();
  }

  private Map<String, ModelState> read(EmbeddedBroker broker) throws TimeoutException {
    return LatestState.readToEnd(
        broker.clientProperties(), topics.modelUpdates(), ModelState.class, TIMEOUT);
  }

  private ProducerRecord<byte[], byte[]> update(String model, long revision) {
    ModelState state =
        ModelState.newBuilder()
            .setModel(model)
            .setRevision(revision)
            .setLive(revision)
            .setPins(List.of())
            .setActivations(List.of())
            .setUpdatedAt(Instant.EPOCH)
            .setReason("test")
            .build();
    return new ProducerRecord<>(
        topics.modelUpdates(), model.getBytes(UTF_8), AvroCodec.encode(state));
  }
}
