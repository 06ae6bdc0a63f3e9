package io.segue.connectors.kafka;

import io.segue.schemas.flow.ProducedRecord;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Sinks of records that name their topic. */
public final class KafkaSinks {
  /** Largest request a sink sends: above the largest record of any topic. */
  private static final int MAX_REQUEST_BYTES = 16 << 20;

  private KafkaSinks() {}

  /**
   * Writes records of all topics under one promise: with {@link Delivery#EXACTLY_ONCE} those of one
   * subtask between two checkpoints are committed together, whatever their topics. A record above
   * its topic's limit fails the job. Whether the broker allows the transaction timeout is for
   * {@link TopicAdmin#checkTransactionTimeout} to say.
   *
   * @param kafka client options, {@code bootstrap.servers} among them; those that the other
   *     arguments decide are overridden
   * @throws IllegalArgumentException if the transaction timeout is too short for the checkpoint
   *     interval
   */
  public static KafkaSink<ProducedRecord> write(
      Properties kafka, SinkOptions options, Duration checkpointInterval) {
    options.checkAgainst(checkpointInterval);
    return KafkaSink.<ProducedRecord>builder()
        .setKafkaProducerConfig(kafka)
        .setBootstrapServers(bootstrapServers(kafka))
        .setProperty(
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            kafka.getProperty(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(MAX_REQUEST_BYTES)))
        .setProperty(
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
            Long.toString(options.transactionTimeout().toMillis()))
        .setDeliveryGuarantee(options.delivery().guarantee())
        .setTransactionalIdPrefix(options.transactionalIdPrefix())
        .setRecordSerializer(new ProducedRecordSerializer())
        .build();
  }

  private static String bootstrapServers(Properties kafka) {
    String servers = kafka.getProperty(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG);
    if (servers == null) {
      throw new IllegalArgumentException("the Kafka options lack bootstrap.servers; set it");
    }
    return servers;
  }
}
