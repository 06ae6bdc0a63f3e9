package io.segue.connectors.kafka;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What a topic has to be.
 *
 * @param name full name, prefix included
 * @param partitions at least so many; 1 where the order of all records matters
 * @param order among which records order matters
 * @param cleanup what becomes of old records
 * @param retention how long records stay at least; of no meaning for a compacted topic
 * @param maxMessageBytes largest record batch that the topic takes
 * @param timestamps whose clock the times of its records are of
 */
public record TopicSettings(
    String name,
    int partitions,
    Order order,
    Cleanup cleanup,
    Duration retention,
    int maxMessageBytes,
    Timestamps timestamps) {

  /** Room in a record for all but its payload: key, headers, fields, batch overhead. */
  private static final int OVERHEAD_BYTES = 64 << 10;

  /** Kafka's word for {@link Timestamps#BROKER}. */
  static final String APPEND_TIME = "LogAppendTime";

  /** Among which records order matters. */
  public enum Order {
    /** Those with one key: more partitions than needed do no harm. */
    BY_KEY,
    /** All: there must be exactly one partition, so one reader sees everything. */
    OVERALL
  }

  /** What becomes of old records. */
  public enum Cleanup {
    /** They go when the retention is over; whoever reads later has lost them. */
    DELETE,
    /** The last record of each key stays for ever; those before it may go at any time. */
    COMPACT
  }

  /** Whose clock the times of records are of. */
  public enum Timestamps {
    /** The producer's: a record may claim any time. */
    PRODUCER,
    /** The broker's, when it appends: ages are true whatever clock a producer has. */
    BROKER
  }

  /** With the producers' times. */
  public TopicSettings(
      String name,
      int partitions,
      Order order,
      Cleanup cleanup,
      Duration retention,
      int maxMessageBytes) {
    this(name, partitions, order, cleanup, retention, maxMessageBytes, Timestamps.PRODUCER);
  }

  /** All numbers must be positive and a message must have room for more than its overhead. */
  public TopicSettings {
    if (order == Order.OVERALL && partitions != 1) {
      throw new IllegalArgumentException(
          "topic '%s': %d partitions, but the order of all records needs 1"
              .formatted(name, partitions));
    }
    if (partitions < 1 || retention.isNegative() || maxMessageBytes < 2 * OVERHEAD_BYTES) {
      throw new IllegalArgumentException(
          "topic '%s': %d partitions, retention %s, messages of %d bytes; at least 1, 0 and %d are needed"
              .formatted(name, partitions, retention, maxMessageBytes, 2 * OVERHEAD_BYTES));
    }
  }

  /** Largest encoded record that fits; a larger one goes by reference. */
  public int maxRecordBytes() {
    return maxMessageBytes - OVERHEAD_BYTES;
  }

  /** The topic's configuration in Kafka's own words. */
  Map<String, String> configuration() {
    Map<String, String> configuration = new LinkedHashMap<>();
    configuration.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
    switch (cleanup) {
      case DELETE -> {
        configuration.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        configuration.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
      }
      case COMPACT -> {
        configuration.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        configuration.put(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1");
      }
    }
    if (timestamps == Timestamps.BROKER) {
      configuration.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, APPEND_TIME);
    }
    return configuration;
  }
}
