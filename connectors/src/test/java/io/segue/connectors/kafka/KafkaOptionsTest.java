package io.segue.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.connectors.kafka.TopicSettings.Cleanup;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.ProducedRecord;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class KafkaOptionsTest {

  @Test
  void namesEveryTopicWithThePrefix() {
    assertThat(new SegueTopics("a.").settings(4))
        .extracting(TopicSettings::name)
        .containsExactlyInAnyOrder(
            "a.frames",
            "a.labels",
            "a.masks",
            "a.model-updates",
            "a.model-events",
            "a.metrics",
            "a.label-requests",
            "a.dead-letters",
            "a.control");
    assertThatThrownBy(() -> new SegueTopics("a b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a b'");
  }

  @Test
  void keepsModelUpdatesInOnePartitionForEver() {
    SegueTopics topics = new SegueTopics();
    TopicSettings updates = topics.settings(topics.modelUpdates(), 8);
    assertThat(updates.partitions()).isEqualTo(1);
    assertThat(updates.cleanup()).isEqualTo(Cleanup.COMPACT);
    assertThat(topics.settings(topics.frames(), 8).partitions()).isEqualTo(8);
    assertThatThrownBy(() -> topics.settings("other", 8))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void leavesRoomForADeadLetterAroundTheLargestFrame() {
    SegueTopics topics = new SegueTopics();
    assertThat(topics.settings(topics.deadLetters(), 1).maxRecordBytes())
        .isGreaterThan(topics.settings(topics.frames(), 1).maxMessageBytes());
  }

  @Test
  void refusesATransactionTimeoutThatACheckpointOutlives() {
    SinkOptions options = new SinkOptions(Delivery.EXACTLY_ONCE, "segment");
    assertThatThrownBy(() -> KafkaSinks.write(kafka(), options, Duration.ofMinutes(5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("600 s is too short for a checkpoint interval of 300 s")
        .hasMessageContaining("660 s");
    assertThat(KafkaSinks.write(kafka(), options, Duration.ofSeconds(5))).isNotNull();
  }

  @Test
  void asksForServersAndAPrefix() {
    SinkOptions options = new SinkOptions(Delivery.AT_LEAST_ONCE, "segment");
    assertThatThrownBy(() -> KafkaSinks.write(new Properties(), options, Duration.ofSeconds(1)))
        .hasMessageContaining("bootstrap.servers");
    assertThatThrownBy(() -> new SinkOptions(Delivery.EXACTLY_ONCE, " "))
        .hasMessageContaining("transactional id prefix");
  }

  @Test
  void takesARecordAsItLiesInKafka() {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("frames", 3, 77, new byte[] {1}, new byte[] {2, 3});
    record.headers().add("h", new byte[] {4}).add("h", new byte[] {5}).add("empty", null);
    List<ConsumedRecord> out = new ArrayList<>();
    new ConsumedRecordDeserializer().deserialize(record, new ListCollector<>(out));
    new ConsumedRecordDeserializer()
        .deserialize(new ConsumerRecord<>("frames", 3, 78, null, null), new ListCollector<>(out));
    ConsumedRecord consumed = out.get(0);
    assertThat(consumed.getPartition()).isEqualTo(3);
    assertThat(consumed.getOffset()).isEqualTo(77);
    assertThat(consumed.getKey()).isEqualTo(ByteBuffer.wrap(new byte[] {1}));
    assertThat(consumed.getHeaders()).isEqualTo(Map.of("h", ByteBuffer.wrap(new byte[] {5})));
    assertThat(out.get(1).getKey()).isNull();
    assertThat(out.get(1).getValue()).isNull();
  }

  @Test
  void writesARecordWithoutMovingItsBuffers() {
    ByteBuffer value = ByteBuffer.wrap(new byte[] {0, 1, 2, 3}, 1, 2);
    ProducedRecord record = new ProducedRecord("masks", null, value, Map.of("h", value));
    ProducerRecord<byte[], byte[]> produced =
        new ProducedRecordSerializer().serialize(record, null, null);
    assertThat(produced.topic()).isEqualTo("masks");
    assertThat(produced.key()).isNull();
    assertThat(produced.value()).containsExactly(1, 2);
    assertThat(produced.headers().lastHeader("h").value()).containsExactly(1, 2);
    assertThat(value.position()).isEqualTo(1);
  }

  private static Properties kafka() {
    Properties kafka = new Properties();
    kafka.put("bootstrap.servers", "127.0.0.1:9092");
    return kafka;
  }
}
