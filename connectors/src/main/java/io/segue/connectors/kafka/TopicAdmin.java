package io.segue.connectors.kafka;

import io.segue.connectors.kafka.TopicSettings.Cleanup;
import io.segue.connectors.kafka.TopicSettings.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Makes topics and checks them, so that a job that starts has the topics it needs or says what is
 * wrong with each. Existing topics are never changed. Every call ends within 30 seconds.
 */
public final class TopicAdmin implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final String MAX_TRANSACTION_TIMEOUT = "transaction.max.timeout.ms";

  private final Admin admin;
  private final String servers;

  /**
   * Connects when first used.
   *
   * @param kafka client options, {@code bootstrap.servers} among them
   */
  public TopicAdmin(Properties kafka) {
    Properties options = new Properties();
    options.putAll(kafka);
    options.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    options.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS / 2);
    this.servers = kafka.getProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "");
    this.admin = Admin.create(options);
  }

  /**
   * Checks what a job needs of the broker before it starts: all topics, and for {@link
   * Delivery#EXACTLY_ONCE} that its transactions may stay open long enough.
   *
   * @throws TopicMismatchException with a line for each difference
   * @throws IllegalArgumentException if the broker's limit for transactions is lower
   * @throws BrokerUnreachableException if the broker does not answer or refuses
   */
  public static void checkBeforeStart(Properties kafka, SegueTopics topics, SinkOptions sink) {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.check(topics.settings(1));
      if (sink.delivery() == Delivery.EXACTLY_ONCE) {
        admin.checkTransactionTimeout(sink.transactionTimeout());
      }
    }
  }

  /**
   * Creates those topics that do not exist, then checks all.
   *
   * @param replication copies of each new topic
   * @return names of the topics created
   * @throws TopicMismatchException if one that existed is not what it has to be
   * @throws BrokerUnreachableException if the broker does not answer or refuses
   */
  public List<String> create(Collection<TopicSettings> topics, int replication) {
    Set<String> existing = existing();
    List<TopicSettings> missing =
        topics.stream().filter(topic -> !existing.contains(topic.name())).toList();
    Map<String, KafkaFuture<Void>> results =
        admin
            .createTopics(missing.stream().map(topic -> newTopic(topic, replication)).toList())
            .values();
    results.forEach(this::awaitCreated);
    awaitVisible(missing);
    awaitLeaders(missing);
    check(topics);
    return missing.stream().map(TopicSettings::name).toList();
  }

  /**
   * Checks that the topics exist with at least the partitions, the retention and the message size
   * that they need, and with exactly one partition and compaction where that is called for.
   *
   * @throws TopicMismatchException with a line for each difference
   * @throws BrokerUnreachableException if the broker does not answer or refuses
   */
  public void check(Collection<TopicSettings> topics) {
    List<String> differences = differences(topics);
    if (!differences.isEmpty()) {
      throw new TopicMismatchException(differences);
    }
  }

  /**
   * Checks that the broker lets a transaction stay open as long as a sink may need.
   *
   * @throws IllegalArgumentException if its limit is lower
   * @throws BrokerUnreachableException if the broker does not answer or refuses
   */
  public void checkTransactionTimeout(Duration timeout) {
    String node = await("brokers", admin.describeCluster().controller()).idString();
    ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node);
    Map<ConfigResource, Config> configs =
        await("broker options", admin.describeConfigs(List.of(broker)).all());
    Optional.ofNullable(configs.get(broker))
        .map(config -> config.get(MAX_TRANSACTION_TIMEOUT))
        .map(entry -> Long.parseLong(entry.value()))
        .filter(limit -> limit < timeout.toMillis())
        .ifPresent(
            limit -> {
              throw new IllegalArgumentException(
                  "transaction timeout %d ms is above the broker's %s = %d; lower the sink's or raise the broker's"
                      .formatted(timeout.toMillis(), MAX_TRANSACTION_TIMEOUT, limit));
            });
  }

  /**
   * Checks that the times of a topic's records are the broker's, as ages are told by them.
   *
   * @throws TopicMismatchException if they are the producers'
   * @throws BrokerUnreachableException if the broker does not answer or refuses
   */
  public void checkAppendTime(String topic) {
    Map<ConfigResource, Config> configs =
        await("topic options", admin.describeConfigs(List.of(resource(topic))).all());
    Optional.ofNullable(configs.get(resource(topic)))
        .map(config -> config.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).value())
        .filter(type -> !type.equals(TopicSettings.APPEND_TIME))
        .ifPresent(
            type -> {
              throw new TopicMismatchException(
                  List.of(
                      "topic '%1$s' has %2$s = %3$s, and max_age would be told by the producers' clocks; change it with kafka-configs.sh --alter --topic %1$s --add-config %2$s=%4$s"
                          .formatted(
                              topic,
                              TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                              type,
                              TopicSettings.APPEND_TIME)));
            });
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(5));
  }

  private List<String> differences(Collection<TopicSettings> topics) {
    Set<String> existing = existing();
    List<String> differences = new ArrayList<>();
    List<TopicSettings> found = new ArrayList<>();
    for (TopicSettings topic : topics) {
      if (existing.contains(topic.name())) {
        found.add(topic);
      } else {
        differences.add(
            "topic '%s' does not exist; run 'segue topics create'".formatted(topic.name()));
      }
    }
    List<String> names = found.stream().map(TopicSettings::name).toList();
    Map<String, TopicDescription> descriptions =
        await("topics", admin.describeTopics(names).allTopicNames());
    Map<ConfigResource, Config> configs =
        await(
            "topic options",
            admin.describeConfigs(names.stream().map(TopicAdmin::resource).toList()).all());
    for (TopicSettings topic : found) {
      comparePartitions(topic, descriptions, differences);
      compareOptions(topic, configs, differences);
    }
    return differences;
  }

  private static void comparePartitions(
      TopicSettings topic, Map<String, TopicDescription> descriptions, List<String> differences) {
    TopicDescription description = descriptions.get(topic.name());
    int partitions = description == null ? 0 : description.partitions().size();
    if (topic.order() == Order.OVERALL && partitions != 1) {
      differences.add(
          "topic '%s' has %d partitions, its order needs exactly 1; delete it and create it anew"
              .formatted(topic.name(), partitions));
    } else if (partitions < topic.partitions()) {
      differences.add(
          "topic '%s' has %d partitions, at least %d are needed; add partitions while no job runs"
              .formatted(topic.name(), partitions, topic.partitions()));
    }
  }

  private static void compareOptions(
      TopicSettings topic, Map<ConfigResource, Config> configs, List<String> differences) {
    Config config = configs.get(resource(topic.name()));
    if (config == null) {
      return;
    }
    topic
        .configuration()
        .forEach(
            (option, needed) -> {
              String value = config.get(option).value();
              if (!suffices(topic, option, value, needed)) {
                differences.add(
                    "topic '%s' has %s = %s, %s is needed; change it with kafka-configs.sh --alter"
                        .formatted(topic.name(), option, value, needed));
              }
            });
  }

  private static boolean suffices(TopicSettings topic, String option, String value, String needed) {
    return switch (option) {
      case TopicConfig.CLEANUP_POLICY_CONFIG -> value.equals(needed);
      case TopicConfig.RETENTION_MS_CONFIG ->
          value.equals("-1") || Long.parseLong(value) >= Long.parseLong(needed);
      case TopicConfig.MAX_MESSAGE_BYTES_CONFIG -> Long.parseLong(value) >= Long.parseLong(needed);
      // Ages alone need it: see checkAppendTime.
      case TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG -> true;
      default -> topic.cleanup() == Cleanup.COMPACT;
    };
  }

  private Set<String> existing() {
    return await("topic names", admin.listTopics().names());
  }

  private static NewTopic newTopic(TopicSettings topic, int replication) {
    return new NewTopic(topic.name(), topic.partitions(), (short) replication)
        .configs(topic.configuration());
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  /** Another process may have created the topic in between; it is checked like any other. */
  private void awaitCreated(String topic, KafkaFuture<Void> created) {
    try {
      await("topic '%s'".formatted(topic), created);
    } catch (BrokerUnreachableException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  /** A topic is created by the controller first and known to the brokers a moment later. */
  private void awaitVisible(List<TopicSettings> topics) {
    Set<String> names = topics.stream().map(TopicSettings::name).collect(Collectors.toSet());
    long deadline = System.nanoTime() + TIMEOUT_MILLIS * 1_000_000L;
    while (!existing().containsAll(names)) {
      if (System.nanoTime() > deadline) {
        throw new BrokerUnreachableException(
            "topics %s were created at %s but are not visible after %d ms"
                .formatted(names, servers, TIMEOUT_MILLIS),
            new IllegalStateException("not visible"));
      }
      Thread.onSpinWait();
    }
  }

  /**
   * Waits until the leader of each partition answers. One that does not yet refuses the first batch
   * of a producer and may take the second, whose order then never comes right.
   */
  private void awaitLeaders(List<TopicSettings> topics) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (TopicSettings topic : topics) {
      for (int partition = 0; partition < topic.partitions(); partition++) {
        ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    await("leaders of new topics", admin.listOffsets(ends).all());
  }

  private <T> T await(String what, KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new BrokerUnreachableException(
          "Kafka at '%s' gave no %s: %s; check bootstrap.servers and that the broker runs"
              .formatted(servers, what, cause.getMessage()),
          cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerUnreachableException("interrupted while waiting for %s".formatted(what), e);
    }
  }
}
