package io.segue.connectors.kafka;

import io.segue.schemas.flow.ProducedRecord;
import java.nio.ByteBuffer;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes each record to the topic that it names. */
final class ProducedRecordSerializer implements KafkaRecordSerializationSchema<ProducedRecord> {
  private static final long serialVersionUID = 1L;

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      ProducedRecord record, KafkaSinkContext context, @Nullable Long timestamp) {
    ProducerRecord<byte[], byte[]> produced =
        new ProducerRecord<>(record.getTopic(), bytes(record.getKey()), bytes(record.getValue()));
    record.getHeaders().forEach((key, value) -> produced.headers().add(key, bytes(value)));
    return produced;
  }

  private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
