package io.segue.deploy.cli;

import io.segue.connectors.kafka.SegueTopics;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.MalformedRecordException;
import io.segue.schemas.UnknownSchemaException;
import io.segue.schemas.avro.ControlCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends commands and reads what the control operator answers from the time of opening on. */
final class ControlTopics implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final SegueTopics topics;
  private final Properties kafka;
  private final KafkaConsumer<byte[], byte[]> answers;

  private ControlTopics(
      Properties kafka, SegueTopics topics, KafkaConsumer<byte[], byte[]> answers) {
    this.kafka = kafka;
    this.topics = topics;
    this.answers = answers;
  }

  /** Stands behind the last committed answer: what a command brings about comes after it. */
  static ControlTopics open(Properties kafka, SegueTopics topics) {
    Properties options = new Properties();
    options.putAll(kafka);
    options.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    options.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    options.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        List.of(topics.modelUpdates(), topics.modelEvents(), topics.deadLetters()).stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    // Seeking is lazy: the positions have to be those before the command.
    partitions.forEach(consumer::position);
    return new ControlTopics(kafka, topics, consumer);
  }

  /**
   * Sends a command.
   *
   * @return its place, topic-partition-offset
   */
  String send(ControlCommand command) throws ExecutionException, InterruptedException {
    return write(topics.control(), command.getModel(), command);
  }

  /** Writes a record, as the only writer of its topic. */
  String write(String topic, String key, SpecificRecord value)
      throws ExecutionException, InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
      RecordMetadata written =
          producer
              .send(
                  new ProducerRecord<>(
                      topic, key.getBytes(StandardCharsets.UTF_8), AvroCodec.encode(value)))
              .get();
      return "%s-%d-%d".formatted(topic, written.partition(), written.offset());
    }
  }

  /** Waits for the answer to a command. */
  Optional<ControlAnswer> await(ControlCommand command, String place, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadline) {
      for (ConsumerRecord<byte[], byte[]> record : answers.poll(POLL)) {
        Optional<ControlAnswer> answer =
            decode(record).flatMap(value -> ControlAnswer.of(value, command, place));
        if (answer.isPresent()) {
          return answer;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<SpecificRecord> decode(ConsumerRecord<byte[], byte[]> record) {
    try {
      return record.value() == null
          ? Optional.empty()
          : Optional.of(AvroCodec.decode(record.value()));
    } catch (MalformedRecordException | UnknownSchemaException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    answers.close();
  }
}
