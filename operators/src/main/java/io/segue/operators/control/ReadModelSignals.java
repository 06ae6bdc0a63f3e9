package io.segue.operators.control;

import io.segue.operators.record.DeadLetters;
import io.segue.operators.record.SideOutputs;
import io.segue.operators.record.TopicRecords;
import io.segue.operators.record.UnreadableRecordException;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.ModelSignal;
import io.segue.schemas.flow.ReceivedCommand;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Reads commands or published states of one model. A command for another model of the registry is
 * left to the job that trains it. What cannot be read is a dead letter, and so is a command for a
 * model that nobody has published.
 */
public final class ReadModelSignals extends ProcessFunction<ConsumedRecord, ModelSignal> {
  /** Kind of record that a topic holds. */
  public enum Kind {
    STATES,
    COMMANDS
  }

  private final Kind kind;
  private final String model;
  private final PublishedVersions versions;
  private final DeadLetters deadLetters = new DeadLetters("read-model-signals");

  /**
   * Reads records of one kind that concern {@code model}.
   *
   * @param versions of all models
   */
  public ReadModelSignals(Kind kind, String model, PublishedVersions versions) {
    this.kind = kind;
    this.model = model;
    this.versions = versions;
  }

  @Override
  public void processElement(ConsumedRecord record, Context context, Collector<ModelSignal> out)
      throws IOException {
    try {
      switch (kind) {
        case STATES -> {
          ModelState state = TopicRecords.value(record, ModelState.class);
          if (state.getModel().equals(model)) {
            out.collect(new ModelSignal(model, state));
          }
        }
        case COMMANDS -> {
          ControlCommand command = TopicRecords.value(record, ControlCommand.class);
          if (command.getModel().equals(model)) {
            out.collect(new ModelSignal(model, new ReceivedCommand(command, record)));
          } else if (!versions.hasModel(command.getModel())) {
            refuse(
                record,
                DeadLetterCause.INVALID_COMMAND,
                "command %s is for model '%s', of which nothing is published, this job trains '%s'; correct the name, or publish a version"
                    .formatted(command.getCommandId(), command.getModel(), model),
                context);
          }
        }
      }
    } catch (UnreadableRecordException e) {
      refuse(record, e.deadLetterCause(), e.getMessage(), context);
    }
  }

  private void refuse(
      ConsumedRecord record, DeadLetterCause cause, String message, Context context) {
    long now = context.timerService().currentProcessingTime();
    context.output(
        SideOutputs.DEAD_LETTERS, deadLetters.of(record, Optional.empty(), cause, message, now));
  }
}
