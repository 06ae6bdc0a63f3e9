package io.segue.tests.stream;

import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.ImageEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Produces frames as a camera would and remembers which. */
public final class FrameFeeder implements AutoCloseable {

  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<FrameId> sent = new ArrayList<>();
  private final List<Future<RecordMetadata>> pending = new ArrayList<>();

  public FrameFeeder(String bootstrapServers, String topic) {
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "enable.idempotence",
                "true",
                "max.request.size",
                16 << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Sends one JPEG frame. */
  public void send(String streamId, long epoch, long sequence, byte[] jpeg) {
    FrameId id = new FrameId(streamId, epoch, sequence);
    send(frame(id, jpeg));
    sent.add(id);
  }

  /** Sends a frame as it is, without remembering it. */
  public void send(Frame frame) {
    sendRaw(frame.getId().getStreamId(), AvroCodec.encode(frame));
  }

  /** Sends any bytes as the value of a frame record. */
  public void sendRaw(String key, byte[] value) {
    pending.add(
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value)));
  }

  /** Waits until all that was sent is acknowledged. */
  public void flush() {
    pending.forEach(FrameFeeder::acknowledged);
    pending.clear();
  }

  private static void acknowledged(Future<RecordMetadata> sent) {
    try {
      sent.get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("a record was not acknowledged", e);
    }
  }

  /** Identities sent with {@link #send(String, long, long, byte[])}, in the order of sending. */
  public List<FrameId> sent() {
    return List.copyOf(sent);
  }

  /** A JPEG frame taken one second after the other. */
  public static Frame frame(FrameId id, byte[] payload) {
    return Frame.newBuilder()
        .setId(id)
        .setCaptureTime(Instant.ofEpochMilli(id.getEpoch()).plusSeconds(id.getSequence()))
        .setEncoding(ImageEncoding.JPEG)
        .setPayload(ByteBuffer.wrap(payload))
        .build();
  }

  @Override
  public void close() {
    producer.close();
  }
}
