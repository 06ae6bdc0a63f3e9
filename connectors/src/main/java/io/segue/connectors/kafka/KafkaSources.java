package io.segue.connectors.kafka;

import io.segue.schemas.flow.ConsumedRecord;
import java.util.List;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** Sources of untouched records. */
public final class KafkaSources {
  private KafkaSources() {}

  /**
   * Reads each record exactly once into the job's state; what can be seen of a writer's open
   * transactions is the caller's explicit choice. A record that cannot be decoded does not stop the
   * source: key and value are handed on as bytes. Offsets are committed to the group with each
   * checkpoint for others to see; the job itself goes by its checkpoints.
   *
   * @param kafka client options, {@code bootstrap.servers} among them; those that the other
   *     arguments decide are overridden
   * @param groupId consumer group, unique to this source
   */
  public static KafkaSource<ConsumedRecord> read(
      Properties kafka,
      String groupId,
      List<String> topics,
      Isolation isolation,
      StartingOffsets startingOffsets) {
    return KafkaSource.<ConsumedRecord>builder()
        .setProperties(kafka)
        .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.kafkaValue())
        .setGroupId(groupId)
        .setClientIdPrefix(groupId)
        .setTopics(topics)
        .setStartingOffsets(startingOffsets.initializer())
        .setDeserializer(new ConsumedRecordDeserializer())
        .build();
  }
}
