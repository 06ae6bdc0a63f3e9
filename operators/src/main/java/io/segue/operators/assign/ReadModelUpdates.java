package io.segue.operators.assign;

import io.segue.operators.record.DeadLetterCounters;
import io.segue.operators.record.DeadLetters;
import io.segue.operators.record.TopicRecords;
import io.segue.operators.record.TopicWriter;
import io.segue.operators.record.UnreadableRecordException;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.ProducedRecord;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Reads announced states. What cannot be read becomes a dead letter and changes nothing; a deleted
 * state leaves the last one in force.
 */
public final class ReadModelUpdates extends ProcessFunction<ConsumedRecord, ModelState> {
  /** Dead letters of records that are no states. */
  public static final OutputTag<ProducedRecord> DEAD_LETTERS =
      new OutputTag<>("dead-letters", new AvroTypeInfo<>(ProducedRecord.class));

  private static final long serialVersionUID = 1L;
  private static final DeadLetters LETTERS = new DeadLetters("read-model-updates");

  private final TopicWriter writer;
  private transient DeadLetterCounters counters;

  /**
   * @param writer the way to the topics
   */
  public ReadModelUpdates(TopicWriter writer) {
    this.writer = writer;
  }

  @Override
  public void open(OpenContext context) {
    counters = new DeadLetterCounters(getRuntimeContext().getMetricGroup());
  }

  @Override
  public void processElement(ConsumedRecord record, Context context, Collector<ModelState> out)
      throws IOException {
    if (record.getValue() == null) {
      return;
    }
    try {
      out.collect(TopicRecords.value(record, ModelState.class));
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
}
