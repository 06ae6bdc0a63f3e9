package io.segue.deploy.demo.count;

import java.time.Duration;
import java.util.Collection;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics from their beginning, committed records only, on a thread of its own, without a
 * consumer group.
 */
public final class TopicReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Consumer<ConsumerRecord<byte[], byte[]>> records;
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::read, "topic-reader");
  private volatile boolean closed;

  /**
   * Starts reading.
   *
   * @param kafka client options, {@code bootstrap.servers} among them
   * @param topics that exist
   * @param records hears of each record, on the reader's thread
   */
  public TopicReader(
      Properties kafka,
      Collection<String> topics,
      Consumer<ConsumerRecord<byte[], byte[]>> records) {
    this.records = records;
    Properties options = new Properties();
    options.putAll(kafka);
    options.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    options.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    consumer =
        new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(
        topics.stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList());
    consumer.seekToBeginning(consumer.assignment());
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try {
      while (!closed) {
        consumer.poll(POLL).forEach(records);
      }
    } catch (WakeupException e) {
      // close() asks the reader to stop.
    } catch (RuntimeException e) {
      failure.set(e);
    } finally {
      consumer.close();
    }
  }

  /**
   * Fails if reading did.
   *
   * @throws IllegalStateException with what went wrong as its cause
   */
  public void check() {
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("the topics cannot be read any longer", failed);
    }
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    try {
      thread.join(STOP_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
