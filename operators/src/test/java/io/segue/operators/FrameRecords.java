package io.segue.operators;

import io.segue.connectors.image.MaskCodec;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.ImageEncoding;
import io.segue.schemas.flow.AdmittedFrame;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.ProducedRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** Frames as they come from Kafka, and what tests want to know of what goes back. */
public final class FrameRecords {
  public static final Taxonomy TAXONOMY =
      new Taxonomy(
          "test", 1, List.of(new TaxonomyClass("a", 0), new TaxonomyClass("b", 0xffffff)), 255);

  private FrameRecords() {}

  public static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** An indexed PNG, all pixels of one class; an image and a mask at once. */
  public static ByteBuffer png(int width, int height, int index) {
    byte[] pixels = new byte[width * height];
    java.util.Arrays.fill(pixels, (byte) index);
    return ByteBuffer.wrap(MaskCodec.encode(ByteBuffer.wrap(pixels), width, height, TAXONOMY));
  }

  public static Frame.Builder frame(String stream, long epoch, long sequence) {
    return Frame.newBuilder()
        .setId(new FrameId(stream, epoch, sequence))
        .setCaptureTime(Instant.ofEpochMilli(1_000 + sequence))
        .setEncoding(ImageEncoding.PNG)
        .setPayload(png(4, 2, 0));
  }

  public static ConsumedRecord.Builder consumed(Frame frame) {
    return consumed(frame.getId().getStreamId(), ByteBuffer.wrap(AvroCodec.encode(frame)));
  }

  public static ConsumedRecord.Builder consumed(String key, ByteBuffer value) {
    return ConsumedRecord.newBuilder()
        .setTopic("segue.frames")
        .setPartition(3)
        .setOffset(42)
        .setTimestamp(5_000)
        .setKey(utf8(key))
        .setValue(value);
  }

  public static AdmittedFrame.Builder admitted(String stream, long epoch, long sequence) {
    Frame frame = frame(stream, epoch, sequence).build();
    return AdmittedFrame.newBuilder()
        .setRecord(consumed(frame).build())
        .setId(frame.getId())
        .setCaptureTime(frame.getCaptureTime().toEpochMilli())
        .setWidth(4)
        .setHeight(2);
  }

  public static SpecificRecord decoded(ProducedRecord record) {
    byte[] bytes = new byte[record.getValue().remaining()];
    record.getValue().duplicate().get(bytes);
    return AvroCodec.decode(bytes);
  }
}
