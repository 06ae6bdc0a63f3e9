package io.segue.tests.stream;

import io.segue.schemas.AvroCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads whole topics with a consumer of its own; offsets are committed nowhere. */
public final class TopicReader {

  private final String bootstrapServers;

  public TopicReader(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  /** The decoded values of {@code topic} up to its present end, partition by partition. */
  public List<SpecificRecord> values(String topic, IsolationLevel isolation) {
    return records(topic, isolation).stream().map(r -> AvroCodec.decode(r.value())).toList();
  }

  /** Those of {@link #values} that are of type {@code type}. */
  public <T extends SpecificRecord> List<T> values(
      String topic, IsolationLevel isolation, Class<T> type) {
    return values(topic, isolation).stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The records of {@code topic} up to its present end, partition by partition. */
  public List<ConsumerRecord<byte[], byte[]>> records(String topic, IsolationLevel isolation) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "isolation.level",
            isolation.name().toLowerCase(Locale.ROOT),
            "enable.auto.commit",
            "false");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(
                record -> {
                  if (record.offset()
                      < ends.get(new TopicPartition(record.topic(), record.partition()))) {
                    records.add(record);
                  }
                });
      }
      return records;
    }
  }
}
