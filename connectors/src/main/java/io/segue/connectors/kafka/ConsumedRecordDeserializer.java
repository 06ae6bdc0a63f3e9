package io.segue.connectors.kafka;

import io.segue.schemas.flow.ConsumedRecord;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Takes every record as it is: what it means is found out behind the source, where it can fail. */
final class ConsumedRecordDeserializer implements KafkaRecordDeserializationSchema<ConsumedRecord> {
  private static final long serialVersionUID = 1L;

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ConsumedRecord> out) {
    Map<String, ByteBuffer> headers = new HashMap<>();
    for (Header header : record.headers()) {
      if (header.value() != null) {
        headers.put(header.key(), ByteBuffer.wrap(header.value()));
      }
    }
    out.collect(
        new ConsumedRecord(
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestamp(),
            wrap(record.key()),
            wrap(record.value()),
            headers));
  }

  private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  @Override
  public TypeInformation<ConsumedRecord> getProducedType() {
    return new AvroTypeInfo<>(ConsumedRecord.class);
  }
}
