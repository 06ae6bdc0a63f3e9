package io.segue.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.connectors.payload.PayloadStore;
import io.segue.connectors.payload.RecordEncoder;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.ImageEncoding;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeRecordITCase {
  private final SegueTopics topics = new SegueTopics();

  @TempDir private Path dir;

  @Test
  void travelsByReferenceWhereTheTopicWouldRefuseIt() throws Exception {
    TopicSettings frames = topics.settings(topics.frames(), 1);
    Frame frame = frame(frames.maxMessageBytes() + 1000);
    PayloadStore store = new PayloadStore(dir.resolve("payloads").toUri().toString());
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"), 0);
        TopicAdmin admin = new TopicAdmin(broker.clientProperties());
        var producer = producer(broker)) {
      admin.create(List.of(frames), 1);
      assertThatThrownBy(() -> producer.send(record(AvroCodec.encode(frame))).get())
          .hasCauseInstanceOf(RecordTooLargeException.class);
      producer.send(record(new RecordEncoder(store).encode(frame, frames.maxRecordBytes()))).get();

      byte[] value =
          Topics.readAll(broker, topics.frames(), Isolation.READ_COMMITTED).get(0).value();
      Frame read = AvroCodec.decode(value, Frame.class);
      assertThat(read.getPayload()).isNull();
      assertThat(ByteBuffer.wrap(store.get(read.getPayloadRef()))).isEqualTo(frame.getPayload());
    }
  }

  @Test
  void fitsTheTopicUpToTheLimitOfARecord() throws Exception {
    TopicSettings frames = topics.settings(topics.frames(), 1);
    PayloadStore store = new PayloadStore(dir.resolve("payloads").toUri().toString());
    int overhead = AvroCodec.encode(frame(100_000)).length - 100_000;
    // The payload's length takes one byte more above 1 MiB.
    Frame largest = frame(frames.maxRecordBytes() - overhead - 1);
    byte[] encoded = new RecordEncoder(store).encode(largest, frames.maxRecordBytes());
    assertThat(AvroCodec.decode(encoded, Frame.class).getPayload()).isNotNull();
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"), 0);
        TopicAdmin admin = new TopicAdmin(broker.clientProperties());
        var producer = producer(broker)) {
      admin.create(List.of(frames), 1);
      assertThat(producer.send(record(encoded)).get().offset()).isZero();
    }
  }

  private ProducerRecord<byte[], byte[]> record(byte[] value) {
    return new ProducerRecord<>(topics.frames(), "camera".getBytes(UTF_8), value);
  }

  private static KafkaProducer<byte[], byte[]> producer(EmbeddedBroker broker) {
    Properties options = broker.clientProperties();
    options.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 << 20);
    return new KafkaProducer<>(options, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static Frame frame(int payloadBytes) {
    byte[] payload = new byte[payloadBytes];
    new Random(1).nextBytes(payload);
    return Frame.newBuilder()
        .setId(new FrameId("camera", 1L, 2L))
        .setCaptureTime(Instant.EPOCH)
        .setEncoding(ImageEncoding.JPEG)
        .setPayload(ByteBuffer.wrap(payload))
        .build();
  }
}
