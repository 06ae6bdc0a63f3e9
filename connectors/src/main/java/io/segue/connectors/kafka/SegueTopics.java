package io.segue.connectors.kafka;

import io.segue.connectors.kafka.TopicSettings.Cleanup;
import io.segue.connectors.kafka.TopicSettings.Order;
import io.segue.connectors.kafka.TopicSettings.Timestamps;
import java.time.Duration;
import java.util.List;

/**
 * The names of the topics and what each has to be.
 *
 * @param prefix put before every name, such as {@code segue.}; may be empty
 */
public record SegueTopics(String prefix) {
  /** {@code segue.} */
  public static final String DEFAULT_PREFIX = "segue.";

  private static final int PAYLOAD_BYTES = 4 << 20;
  private static final int LETTER_BYTES = 5 << 20;
  private static final int SMALL_BYTES = 1 << 20;
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MONTH = Duration.ofDays(30);

  /** Only what Kafka allows in a topic's name. */
  public SegueTopics {
    if (!prefix.matches("[a-zA-Z0-9._-]{0,200}")) {
      throw new IllegalArgumentException(
          "topic prefix '%s'; letters, digits, '.', '_' and '-' are allowed, 200 at most"
              .formatted(prefix));
    }
  }

  /** Names with the default prefix. */
  public SegueTopics() {
    this(DEFAULT_PREFIX);
  }

  /** Frames of all streams, by stream. */
  public String frames() {
    return prefix + "frames";
  }

  /** Labels, by stream. */
  public String labels() {
    return prefix + "labels";
  }

  /** Masks, by stream. */
  public String masks() {
    return prefix + "masks";
  }

  /** Desired state of each model, by model: one partition, compacted. */
  public String modelUpdates() {
    return prefix + "model-updates";
  }

  /** What happened to model versions, by model: one partition. */
  public String modelEvents() {
    return prefix + "model-events";
  }

  /** Measured values. */
  public String metrics() {
    return prefix + "metrics";
  }

  /** Frames that a label is wanted for, by stream. */
  public String labelRequests() {
    return prefix + "label-requests";
  }

  /** Records that could not be served. */
  public String deadLetters() {
    return prefix + "dead-letters";
  }

  /** Commands to the control operator: one partition. */
  public String control() {
    return prefix + "control";
  }

  /**
   * All topics with their settings.
   *
   * @param partitions of the topics keyed by stream, at least
   */
  public List<TopicSettings> settings(int partitions) {
    return List.of(
        new TopicSettings(
            frames(),
            partitions,
            Order.BY_KEY,
            Cleanup.DELETE,
            DAY,
            PAYLOAD_BYTES,
            Timestamps.BROKER),
        new TopicSettings(labels(), partitions, Order.BY_KEY, Cleanup.DELETE, DAY, PAYLOAD_BYTES),
        new TopicSettings(masks(), partitions, Order.BY_KEY, Cleanup.DELETE, DAY, PAYLOAD_BYTES),
        new TopicSettings(
            labelRequests(), partitions, Order.BY_KEY, Cleanup.DELETE, DAY, SMALL_BYTES),
        new TopicSettings(
            deadLetters(), partitions, Order.BY_KEY, Cleanup.DELETE, MONTH, LETTER_BYTES),
        new TopicSettings(modelUpdates(), 1, Order.OVERALL, Cleanup.COMPACT, MONTH, SMALL_BYTES),
        new TopicSettings(modelEvents(), 1, Order.OVERALL, Cleanup.DELETE, MONTH, SMALL_BYTES),
        new TopicSettings(metrics(), 1, Order.OVERALL, Cleanup.DELETE, MONTH, SMALL_BYTES),
        new TopicSettings(control(), 1, Order.OVERALL, Cleanup.DELETE, MONTH, SMALL_BYTES));
  }

  /**
   * The settings of one topic.
   *
   * @throws IllegalArgumentException if no topic has this name
   */
  public TopicSettings settings(String topic, int partitions) {
    return settings(partitions).stream()
        .filter(settings -> settings.name().equals(topic))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "topic '%s' is none of those with prefix '%s'".formatted(topic, prefix)));
  }
}
