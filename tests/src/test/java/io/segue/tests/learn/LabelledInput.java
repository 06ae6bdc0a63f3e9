package io.segue.tests.learn;

import io.segue.connectors.image.ImageEncoder;
import io.segue.connectors.image.MaskCodec;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.MaskEncoding;
import io.segue.schemas.avro.TaxonomyRef;
import io.segue.tests.stream.FrameFeeder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Frames, served masks and labels as cameras, the segment job and labellers would write them. */
final class LabelledInput implements AutoCloseable {

  static final String MODEL = "line";
  static final Taxonomy TAXONOMY =
      new Taxonomy(
          "line-3",
          1,
          List.of(
              new TaxonomyClass("sky", 0x4682B4),
              new TaxonomyClass("road", 0x804080),
              new TaxonomyClass("car", 0x00008E)),
          255);

  private static final int WIDTH = 48;
  private static final int HEIGHT = 32;
  private static final TaxonomyRef TAXONOMY_REF = new TaxonomyRef(TAXONOMY.id(), 1);

  private final SegueTopics topics;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<Future<RecordMetadata>> pending = new ArrayList<>();

  LabelledInput(String bootstrapServers, SegueTopics topics) {
    this.topics = topics;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  static FrameId id(String stream, long sequence) {
    return new FrameId(stream, 1_000L, sequence);
  }

  void frame(FrameId id) {
    byte[] pixels = new byte[WIDTH * HEIGHT * 3];
    new Random(id.getSequence()).nextBytes(pixels);
    ByteBuffer rgb = ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
    Frame frame = FrameFeeder.frame(id, ImageEncoder.encodeJpeg(rgb, WIDTH, HEIGHT, 80));
    send(topics.frames(), id, frame);
  }

  void mask(FrameId id) {
    send(
        topics.masks(),
        id,
        Mask.newBuilder()
            .setId(id)
            .setCaptureTime(Instant.ofEpochMilli(id.getEpoch()).plusSeconds(id.getSequence()))
            .setModel(MODEL)
            .setVersion(1)
            .setPlan("s1")
            .setTaxonomy(TAXONOMY_REF)
            .setWidth(WIDTH)
            .setHeight(HEIGHT)
            .setEncoding(MaskEncoding.PNG_INDEXED)
            .setPayload(
                ByteBuffer.wrap(
                    MaskCodec.encode(ByteBuffer.wrap(classes(id, 0)), WIDTH, HEIGHT, TAXONOMY)))
            .setOrdinal(id.getSequence())
            .build());
  }

  void label(FrameId id) {
    label(id, WIDTH, HEIGHT, classes(id, 1));
  }

  void label(FrameId id, int width, int height, byte[] classes) {
    send(
        topics.labels(),
        id,
        Label.newBuilder()
            .setId(id)
            .setTaxonomy(TAXONOMY_REF)
            .setWidth(width)
            .setHeight(height)
            .setEncoding(MaskEncoding.PNG_GRAY)
            .setPayload(
                ByteBuffer.wrap(MaskCodec.encodeGrey(ByteBuffer.wrap(classes), width, height)))
            .setLabelledAt(Instant.ofEpochMilli(2_000_000))
            .build());
  }

  /** Class indices of one picture; a fifth of them differs with another {@code salt}. */
  static byte[] classes(FrameId id, long salt) {
    Random random = new Random(id.getSequence());
    Random change = new Random(salt);
    byte[] classes = new byte[WIDTH * HEIGHT];
    for (int i = 0; i < classes.length; i++) {
      int base = random.nextInt(TAXONOMY.size());
      classes[i] = (byte) (change.nextInt(5) == 0 ? (base + salt) % TAXONOMY.size() : base);
    }
    return classes;
  }

  /** Waits until all that was sent is acknowledged. */
  void flush() throws InterruptedException, ExecutionException {
    for (Future<RecordMetadata> sent : pending) {
      sent.get();
    }
    pending.clear();
  }

  @Override
  public void close() {
    producer.close();
  }

  private void send(String topic, FrameId id, SpecificRecord value) {
    pending.add(
        producer.send(
            new ProducerRecord<>(
                topic,
                id.getStreamId().getBytes(StandardCharsets.UTF_8),
                AvroCodec.encode(value))));
  }
}
