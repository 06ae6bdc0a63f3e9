package io.segue.operators.admit;

import static io.segue.operators.FrameRecords.consumed;
import static io.segue.operators.FrameRecords.decoded;
import static io.segue.operators.FrameRecords.frame;
import static io.segue.operators.FrameRecords.png;
import static io.segue.operators.FrameRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.segue.operators.record.TopicWriter;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.PayloadRef;
import io.segue.schemas.flow.AdmittedFrame;
import io.segue.schemas.flow.ConsumedRecord;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdmitFramesTest {
  private static final FrameLimits LIMITS = new FrameLimits(1_000, 8_192, 1_000_000);

  private OneInputStreamOperatorTestHarness<ConsumedRecord, AdmittedFrame> harness;

  @BeforeEach
  void open() throws Exception {
    harness =
        ProcessFunctionTestHarnesses.forProcessFunction(
            new AdmitFrames(LIMITS, new TopicWriter("segue.", "file:///unused")));
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private AdmittedFrame admit(ConsumedRecord record) throws Exception {
    harness.processElement(record, 0);
    assertThat(harness.getSideOutput(AdmitFrames.DEAD_LETTERS)).isNull();
    return harness.extractOutputValues().get(0);
  }

  private AdmittedFrame admit(Frame frame) throws Exception {
    return admit(consumed(frame).build());
  }

  private DeadLetterCause refused(Frame frame) throws Exception {
    return admit(frame).getRefusal().getCause();
  }

  private DeadLetter dead(ConsumedRecord record) throws Exception {
    harness.processElement(record, 0);
    assertThat(harness.extractOutputValues()).isEmpty();
    return (DeadLetter)
        harness.getSideOutput(AdmitFrames.DEAD_LETTERS).stream()
            .map(StreamRecord::getValue)
            .map(io.segue.operators.FrameRecords::decoded)
            .toList()
            .get(0);
  }

  @Test
  void admitsAGoodFrameWithTheSizeOfItsHeader() throws Exception {
    AdmittedFrame admitted = admit(frame("camera", 7, 3).build());
    assertThat(admitted.getRefusal()).isNull();
    assertThat(admitted.getWidth()).isEqualTo(4);
    assertThat(admitted.getHeight()).isEqualTo(2);
    assertThat(admitted.getCaptureTime()).isEqualTo(1_003);
    assertThat(admitted.getReplayOf()).isNull();
  }

  @Test
  void refusesWhatIsNoImage() throws Exception {
    assertThat(refused(frame("c", 1, 0).setPayload(utf8("not an image at all")).build()))
        .isEqualTo(DeadLetterCause.NOT_AN_IMAGE);
  }

  @Test
  void refusesAnEmptyPayload() throws Exception {
    assertThat(refused(frame("c", 1, 0).setPayload(ByteBuffer.allocate(0)).build()))
        .isEqualTo(DeadLetterCause.EMPTY_PAYLOAD);
  }

  @Test
  void refusesAFrameWithNeitherPayloadNorReference() throws Exception {
    assertThat(refused(frame("c", 1, 0).setPayload(null).build()))
        .isEqualTo(DeadLetterCause.EMPTY_PAYLOAD);
  }

  @Test
  void refusesADecompressionBombByItsHeader() throws Exception {
    ByteBuffer bomb = png(4, 2, 0);
    bomb.putInt(16, 60_000).putInt(20, 60_000);
    CRC32 checksum = new CRC32();
    checksum.update(bomb.slice(12, 17));
    bomb.putInt(29, (int) checksum.getValue());
    assertThat(refused(frame("c", 1, 0).setPayload(bomb).build()))
        .isEqualTo(DeadLetterCause.IMAGE_TOO_LARGE);
  }

  @Test
  void refusesAnImageThatEndsBeforeItsSizeIsKnown() throws Exception {
    assertThat(refused(frame("c", 1, 0).setPayload(png(4, 2, 0).limit(18)).build()))
        .isEqualTo(DeadLetterCause.IMAGE_TRUNCATED);
  }

  @Test
  void refusesTooManyBytes() throws Exception {
    assertThat(refused(frame("c", 1, 0).setPayload(ByteBuffer.allocate(1_001)).build()))
        .isEqualTo(DeadLetterCause.PAYLOAD_TOO_LARGE);
  }

  @Test
  void refusesAReferenceToTooManyBytes() throws Exception {
    PayloadRef reference = new PayloadRef("file:///x", 1_001L, "0".repeat(64));
    assertThat(refused(frame("c", 1, 0).setPayload(null).setPayloadRef(reference).build()))
        .isEqualTo(DeadLetterCause.PAYLOAD_TOO_LARGE);
  }

  @Test
  void leavesAPayloadByReferenceToTheEngine() throws Exception {
    PayloadRef reference = new PayloadRef("file:///x", 10L, "0".repeat(64));
    AdmittedFrame admitted =
        admit(frame("c", 1, 0).setPayload(null).setPayloadRef(reference).build());
    assertThat(admitted.getRefusal()).isNull();
    assertThat(admitted.getWidth()).isZero();
  }

  @Test
  void refusesAnImageOfAnotherSizeThanDeclared() throws Exception {
    assertThat(refused(frame("c", 1, 0).setWidth(5).build()))
        .isEqualTo(DeadLetterCause.IMAGE_SIZE_MISMATCH);
  }

  @Test
  void keepsTheOriginalBytesOfARefusedFrame() throws Exception {
    ConsumedRecord record = consumed(frame("c", 1, 0).setPayload(utf8("text")).build()).build();
    assertThat(admit(record).getRecord()).isEqualTo(record);
  }

  @Test
  void anUnknownSchemaIsADeadLetterWithItsBytesAndPlace() throws Exception {
    ByteBuffer value = ByteBuffer.wrap(AvroCodec.encode(frame("c", 1, 0).build()));
    value.putLong(2, 0x1122334455667788L);
    DeadLetter letter = dead(consumed("c", value).build());
    assertThat(letter.getCause()).isEqualTo(DeadLetterCause.UNKNOWN_SCHEMA);
    assertThat(letter.getValue()).isEqualTo(value);
    assertThat(letter.getLetterId()).isEqualTo("segue.frames-3-42");
    assertThat(letter.getStage()).isEqualTo("admit");
    assertThat(letter.getId()).isNull();
    assertThat(letter.getOrdinal()).isNull();
  }

  @Test
  void aMalformedRecordIsADeadLetter() throws Exception {
    assertThat(dead(consumed("c", utf8("nothing")).build()).getCause())
        .isEqualTo(DeadLetterCause.MALFORMED_RECORD);
  }

  @Test
  void aKeyOfAnotherStreamIsADeadLetter() throws Exception {
    ConsumedRecord record = consumed(frame("c", 1, 0).build()).setKey(utf8("d")).build();
    assertThat(dead(record).getCause()).isEqualTo(DeadLetterCause.KEY_MISMATCH);
  }

  @Test
  void aNegativeSequenceIsADeadLetter() throws Exception {
    assertThat(dead(consumed(frame("c", 1, -1).build()).build()).getCause())
        .isEqualTo(DeadLetterCause.MALFORMED_RECORD);
  }

  @Test
  void readsWhichDeadLetterARecordReplays() throws Exception {
    ConsumedRecord record =
        consumed(frame("c", 1, 0).build())
            .setHeaders(Map.of(AdmitFrames.REPLAY_OF_HEADER, utf8("segue.frames-0-7")))
            .build();
    assertThat(admit(record).getReplayOf()).isEqualTo("segue.frames-0-7");
  }

  @Test
  void writesDeadLettersUnderTheKeyOfTheRecord() throws Exception {
    harness.processElement(consumed("c", utf8("nothing")).build(), 0);
    var produced = harness.getSideOutput(AdmitFrames.DEAD_LETTERS).peek().getValue();
    assertThat(produced.getTopic()).isEqualTo("segue.dead-letters");
    assertThat(produced.getKey()).isEqualTo(utf8("c"));
    assertThat(decoded(produced)).isInstanceOf(DeadLetter.class);
  }
}
