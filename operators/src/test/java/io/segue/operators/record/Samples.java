package io.segue.operators.record;

import io.segue.connectors.image.ImageEncoder;
import io.segue.connectors.image.MaskCodec;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.ImageEncoding;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.MaskEncoding;
import io.segue.schemas.avro.TaxonomyRef;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.HeldFrame;
import io.segue.schemas.flow.HeldLabel;
import io.segue.schemas.flow.JoinInput;
import io.segue.schemas.flow.ReplayOffer;
import io.segue.schemas.flow.ShardManifest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Small records for the tests of the learn job: frames of 8×6 pixels in a taxonomy of three. */
public final class Samples {
  public static final int WIDTH = 8;
  public static final int HEIGHT = 6;
  public static final Taxonomy TAXONOMY =
      new Taxonomy(
          "street-3",
          1,
          List.of(
              new TaxonomyClass("road", 0x804080),
              new TaxonomyClass("car", 0x00008e),
              new TaxonomyClass("sky", 0x4682b4)),
          255);

  private Samples() {}

  public static FrameId id(String stream, long sequence) {
    return new FrameId(stream, 1000L, sequence);
  }

  public static JoinInput frame(FrameId id) {
    return frame(id, WIDTH, HEIGHT);
  }

  public static JoinInput frame(FrameId id, int width, int height) {
    ByteBuffer rgb = ByteBuffer.allocateDirect(3 * width * height);
    Frame frame =
        Frame.newBuilder()
            .setId(id)
            .setCaptureTime(Instant.ofEpochMilli(100 * id.getSequence()))
            .setEncoding(ImageEncoding.PNG)
            .setPayload(ByteBuffer.wrap(ImageEncoder.encodePng(rgb, width, height)))
            .build();
    return new JoinInput(id, new HeldFrame(100 * id.getSequence(), frame));
  }

  /** A mask with one class everywhere. */
  public static JoinInput mask(FrameId id, long version, int index) {
    Mask mask =
        Mask.newBuilder()
            .setId(id)
            .setCaptureTime(Instant.ofEpochMilli(100 * id.getSequence()))
            .setModel("road")
            .setVersion(version)
            .setPlan("s1")
            .setTaxonomy(new TaxonomyRef("street-3", 1))
            .setWidth(WIDTH)
            .setHeight(HEIGHT)
            .setEncoding(MaskEncoding.PNG_INDEXED)
            .setPayload(ByteBuffer.wrap(png(WIDTH, HEIGHT, index)))
            .setOrdinal(id.getSequence())
            .build();
    return new JoinInput(id, mask);
  }

  /** A label with one class everywhere. */
  public static Label.Builder label(FrameId id, int index) {
    return Label.newBuilder()
        .setId(id)
        .setTaxonomy(new TaxonomyRef("street-3", 1))
        .setWidth(WIDTH)
        .setHeight(HEIGHT)
        .setEncoding(MaskEncoding.PNG_INDEXED)
        .setPayload(ByteBuffer.wrap(png(WIDTH, HEIGHT, index)))
        .setAnnotator("ann")
        .setLabelledAt(Instant.EPOCH);
  }

  /** An indexed PNG with one class everywhere. */
  public static byte[] png(int width, int height, int index) {
    byte[] indices = new byte[width * height];
    Arrays.fill(indices, (byte) index);
    return MaskCodec.encode(ByteBuffer.wrap(indices), width, height, TAXONOMY);
  }

  public static JoinInput received(Label.Builder builder) {
    Label label = builder.build();
    ConsumedRecord record = record("labels", label.getId().getStreamId(), AvroCodec.encode(label));
    return new JoinInput(
        label.getId(), new HeldLabel(label.getRevision(), label.getAnnotator(), 0L, record));
  }

  public static ConsumedRecord record(String topic, String key, byte[] value) {
    ByteBuffer keyBytes = ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8));
    return new ConsumedRecord(topic, 0, 7L, 0L, keyBytes, ByteBuffer.wrap(value), Map.of());
  }

  public static ReplayOffer offer(long sequence, double rank, int revision) {
    byte[] example = ("example " + sequence + " " + revision).getBytes(StandardCharsets.UTF_8);
    return ReplayOffer.newBuilder()
        .setPart("training")
        .setShard(0)
        .setId(id("cam", sequence))
        .setRank(rank)
        .setWeight(1)
        .setCaptureTime(100 * sequence)
        .setRevision(revision)
        .setAnnotator("ann")
        .setExample(ByteBuffer.wrap(example))
        .build();
  }

  public static ShardManifest manifest(String part, int shard, long entries, long accepted) {
    return new ShardManifest(part, shard, 1L, "file:///m" + shard, entries, accepted);
  }
}
