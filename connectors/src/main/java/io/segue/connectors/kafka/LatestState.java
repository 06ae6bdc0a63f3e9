package io.segue.connectors.kafka;

import io.segue.schemas.AvroCodec;
import io.segue.schemas.MalformedRecordException;
import io.segue.schemas.UnknownSchemaException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a compacted topic as the table that it is. */
public final class LatestState {
  private static final Duration POLL = Duration.ofMillis(200);

  private LatestState() {}

  /**
   * The last committed value of each key, as of a moment within the call: whatever was committed
   * before the call is in it. Keys whose last record has no value are left out.
   *
   * @param kafka client options, {@code bootstrap.servers} among them
   * @param type what the values are
   * @param timeout longest time for the whole read
   * @return by key, in the order of the last change
   * @throws TimeoutException if the end was not reached in time, or no broker answered
   * @throws IllegalStateException naming the place of a value that is no record of the type or that
   *     a newer version wrote
   */
  public static <T extends SpecificRecord> Map<String, T> readToEnd(
      Properties kafka, String topic, Class<T> type, Duration timeout) throws TimeoutException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Map<String, T> table = new LinkedHashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka, timeout)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic, timeout).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, timeout);
      while (!reached(consumer, ends)) {
        if (System.nanoTime() > deadline) {
          throw new TimeoutException(
              "topic '%s' was not read to its end %s within %s".formatted(topic, ends, timeout));
        }
        consumer.poll(POLL).forEach(record -> apply(record, type, table));
      }
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      throw timeout(kafka, topic, timeout, e);
    }
    return table;
  }

  private static boolean reached(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private static <T extends SpecificRecord> void apply(
      ConsumerRecord<byte[], byte[]> record, Class<T> type, Map<String, T> table) {
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    table.remove(key);
    if (record.value() != null) {
      table.put(key, decode(record, type));
    }
  }

  private static <T extends SpecificRecord> T decode(
      ConsumerRecord<byte[], byte[]> record, Class<T> type) {
    try {
      return AvroCodec.decode(record.value(), type);
    } catch (MalformedRecordException | UnknownSchemaException e) {
      throw new IllegalStateException(
          "topic '%s' partition %d offset %d: %s"
              .formatted(record.topic(), record.partition(), record.offset(), e.getMessage()),
          e);
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Properties kafka, Duration timeout) {
    Properties options = new Properties();
    options.putAll(kafka);
    options.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, Isolation.READ_COMMITTED.kafkaValue());
    options.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    options.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    options.put(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
        (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE));
    options.remove(ConsumerConfig.GROUP_ID_CONFIG);
    return new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static TimeoutException timeout(
      Properties kafka, String topic, Duration timeout, KafkaException cause) {
    TimeoutException exception =
        new TimeoutException(
            "topic '%s' at '%s' could not be read within %s: %s; check that the broker runs and the topic exists"
                .formatted(
                    topic,
                    kafka.getProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG),
                    timeout,
                    cause.getMessage()));
    exception.initCause(cause);
    return exception;
  }
}
