package io.segue.operators.join;

import io.segue.operators.record.DeadLetters;
import io.segue.operators.record.SideOutputs;
import io.segue.operators.record.TopicRecords;
import io.segue.operators.record.UnreadableRecordException;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.HeldFrame;
import io.segue.schemas.flow.HeldLabel;
import io.segue.schemas.flow.JoinInput;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Reads frames, masks or labels for the join. A label that cannot be read is a dead letter; a frame
 * or mask that cannot is left out and counted, since frames are answered for by the segment job.
 */
public final class ReadJoinInputs extends ProcessFunction<ConsumedRecord, JoinInput> {
  /** Kind of record that a topic holds. */
  public enum Kind {
    FRAMES,
    MASKS,
    LABELS
  }

  private final Kind kind;
  private final DeadLetters deadLetters = new DeadLetters("read-labels");

  private transient Counter unreadable;

  /** Reads records of one kind. */
  public ReadJoinInputs(Kind kind) {
    this.kind = kind;
  }

  @Override
  public void open(OpenContext context) {
    unreadable = getRuntimeContext().getMetricGroup().counter("unreadableRecords");
  }

  @Override
  public void processElement(ConsumedRecord record, Context context, Collector<JoinInput> out) {
    try {
      JoinInput input = read(record);
      TopicRecords.checkKey(record, input.getId().getStreamId());
      out.collect(input);
    } catch (UnreadableRecordException e) {
      unreadable.inc();
      if (kind == Kind.LABELS) {
        long now = context.timerService().currentProcessingTime();
        context.output(
            SideOutputs.DEAD_LETTERS,
            deadLetters.of(record, Optional.empty(), e.deadLetterCause(), e.getMessage(), now));
      }
    }
  }

  private JoinInput read(ConsumedRecord record) throws UnreadableRecordException {
    return switch (kind) {
      case FRAMES -> {
        Frame frame = TopicRecords.value(record, Frame.class);
        yield new JoinInput(frame.getId(), new HeldFrame(record.getTimestamp(), frame));
      }
      case MASKS -> {
        Mask mask = TopicRecords.value(record, Mask.class);
        yield new JoinInput(mask.getId(), mask);
      }
      case LABELS -> {
        Label label = TopicRecords.value(record, Label.class);
        yield new JoinInput(
            label.getId(), new HeldLabel(label.getRevision(), label.getAnnotator(), 0L, record));
      }
    };
  }
}
