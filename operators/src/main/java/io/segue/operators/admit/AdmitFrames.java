package io.segue.operators.admit;

import io.segue.connectors.image.ImageException;
import io.segue.connectors.image.ImageHeader;
import io.segue.operators.record.DeadLetterCounters;
import io.segue.operators.record.DeadLetters;
import io.segue.operators.record.TopicRecords;
import io.segue.operators.record.TopicWriter;
import io.segue.operators.record.UnreadableRecordException;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.flow.AdmittedFrame;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.ProducedRecord;
import io.segue.schemas.flow.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Reads the envelope of each record of {@code frames} and the header of its image; never decodes
 * pixels. Of every record there comes exactly one thing: a frame, which may carry a refusal and
 * then becomes a dead letter in its place in the stream, or, where no identity can be trusted, a
 * dead letter at once on {@link #DEAD_LETTERS}.
 *
 * <p>A payload by reference is checked when it is fetched, in the engine.
 */
public final class AdmitFrames extends ProcessFunction<ConsumedRecord, AdmittedFrame> {
  /** Dead letters of records without an identity. */
  public static final OutputTag<ProducedRecord> DEAD_LETTERS =
      new OutputTag<>("dead-letters", new AvroTypeInfo<>(ProducedRecord.class));

  /** Header that names the dead letter which a record replays. */
  public static final String REPLAY_OF_HEADER = "segue-replay-of";

  private static final long serialVersionUID = 1L;
  private static final String STAGE = "admit";
  private static final DeadLetters LETTERS = new DeadLetters(STAGE);

  private final FrameLimits limits;
  private final TopicWriter writer;
  private transient DeadLetterCounters counters;

  /**
   * @param limits of what is let in
   * @param writer the way to the topics
   */
  public AdmitFrames(FrameLimits limits, TopicWriter writer) {
    this.limits = limits;
    this.writer = writer;
  }

  @Override
  public void open(OpenContext context) {
    counters = new DeadLetterCounters(getRuntimeContext().getMetricGroup());
  }

  @Override
  public void processElement(ConsumedRecord record, Context context, Collector<AdmittedFrame> out)
      throws IOException {
    try {
      out.collect(admit(record, identified(record)));
    } catch (UnreadableRecordException e) {
      counters.count(e.deadLetterCause());
      DeadLetter letter =
          LETTERS.of(
              record,
              Optional.empty(),
              e.deadLetterCause(),
              String.valueOf(e.getMessage()),
              context.timerService().currentProcessingTime());
      context.output(DEAD_LETTERS, writer.deadLetter(letter));
    }
  }

  private static Frame identified(ConsumedRecord record) throws UnreadableRecordException {
    Frame frame = TopicRecords.value(record, Frame.class);
    String streamId = frame.getId().getStreamId();
    if (streamId.isEmpty() || frame.getId().getSequence() < 0) {
      throw new UnreadableRecordException(
          DeadLetterCause.MALFORMED_RECORD,
          "stream id '%s' with sequence %d: ids are not empty and sequences 0 or more"
              .formatted(streamId, frame.getId().getSequence()));
    }
    ByteBuffer key = record.getKey();
    String keyed = key == null ? "" : text(key);
    if (!keyed.equals(streamId)) {
      throw new UnreadableRecordException(
          DeadLetterCause.KEY_MISMATCH,
          "record key '%s' is not the stream id '%s' of its frame; order within a stream needs the"
                  .formatted(keyed, streamId)
              + " stream id as key");
    }
    return frame;
  }

  private AdmittedFrame admit(ConsumedRecord record, Frame frame) {
    AdmittedFrame.Builder admitted =
        AdmittedFrame.newBuilder()
            .setRecord(record)
            .setId(frame.getId())
            .setCaptureTime(frame.getCaptureTime().toEpochMilli())
            .setWidth(0)
            .setHeight(0)
            .setReplayOf(replayOf(record));
    ByteBuffer payload = frame.getPayload();
    if (frame.getPayloadRef() != null && payload == null) {
      refusalOfSize(frame.getPayloadRef().getLength()).ifPresent(admitted::setRefusal);
    } else if (payload == null || frame.getPayloadRef() != null || !payload.hasRemaining()) {
      admitted.setRefusal(
          refusal(
              DeadLetterCause.EMPTY_PAYLOAD,
              "frame must have either a payload of at least 1 byte or a reference to one; check the"
                  + " producer"));
    } else {
      inspect(frame, payload, admitted);
    }
    return admitted.build();
  }

  private static @Nullable String replayOf(ConsumedRecord record) {
    ByteBuffer header = record.getHeaders().get(REPLAY_OF_HEADER);
    return header == null ? null : text(header);
  }

  private static String text(ByteBuffer utf8) {
    return StandardCharsets.UTF_8.decode(utf8.duplicate()).toString();
  }

  private void inspect(Frame frame, ByteBuffer payload, AdmittedFrame.Builder admitted) {
    Optional<Refusal> tooLarge = refusalOfSize(payload.remaining());
    if (tooLarge.isPresent()) {
      admitted.setRefusal(tooLarge.get());
      return;
    }
    try {
      ImageHeader header = ImageHeader.read(payload, limits.image());
      admitted.setWidth(header.width()).setHeight(header.height());
      refusalOfDeclaration(frame, header).ifPresent(admitted::setRefusal);
    } catch (ImageException e) {
      admitted.setRefusal(refusal(e.deadLetterCause(), String.valueOf(e.getMessage())));
    }
  }

  private Optional<Refusal> refusalOfSize(long bytes) {
    if (bytes <= limits.maxBytes()) {
      return Optional.empty();
    }
    return Optional.of(
        refusal(
            DeadLetterCause.PAYLOAD_TOO_LARGE,
            "payload of %d bytes is above segment.limits.max_bytes %d; send smaller frames or raise it"
                .formatted(bytes, limits.maxBytes())));
  }

  private static Optional<Refusal> refusalOfDeclaration(Frame frame, ImageHeader header) {
    boolean agrees =
        (frame.getWidth() == 0 || frame.getWidth() == header.width())
            && (frame.getHeight() == 0 || frame.getHeight() == header.height());
    if (agrees) {
      return Optional.empty();
    }
    return Optional.of(
        refusal(
            DeadLetterCause.IMAGE_SIZE_MISMATCH,
            "frame declares %d×%d pixels, its image has %d×%d; declare 0 where the size is not known"
                .formatted(frame.getWidth(), frame.getHeight(), header.width(), header.height())));
  }

  private static Refusal refusal(DeadLetterCause cause, String message) {
    return new Refusal(STAGE, cause, message);
  }
}
