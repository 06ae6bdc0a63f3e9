package io.segue.deploy.demo.play;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends records to Kafka, each once and in the order given, as long as this object lives. A record
 * that could not be sent fails the next call.
 */
public final class KafkaOutput implements RecordOutput, AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /**
   * @param kafka client options, {@code bootstrap.servers} among them
   */
  public KafkaOutput(Properties kafka) {
    Properties options = new Properties();
    options.putAll(kafka);
    options.put(ProducerConfig.ACKS_CONFIG, "all");
    options.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    options.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(16 << 20));
    producer = new KafkaProducer<>(options, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of failures
  public void send(String topic, String key, byte[] value) {
    Exception failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("a record could not be sent to Kafka", failed);
    }
    producer.send(
        new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value),
        (metadata, exception) -> {
          if (exception != null) {
            failure.compareAndSet(null, exception);
          }
        });
  }

  /** Returns when all records sent so far have arrived. */
  public void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
