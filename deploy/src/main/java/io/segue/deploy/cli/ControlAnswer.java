package io.segue.deploy.cli;

import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.VersionStatusChange;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * What became of a command.
 *
 * @param refused whether it was not carried out
 * @param text the model's state since, or why not
 */
record ControlAnswer(boolean refused, String text) {
  /**
   * Reads a record of the topics on which the control operator answers.
   *
   * @param place of the command: topic-partition-offset
   * @return empty if the record is about something else
   */
  static Optional<ControlAnswer> of(SpecificRecord record, ControlCommand command, String place) {
    if (record instanceof DeadLetter letter && letter.getLetterId().equals(place)) {
      return Optional.of(new ControlAnswer(true, letter.getMessage()));
    }
    if (record instanceof ModelState state && state.getReason().contains(command.getCommandId())) {
      return Optional.of(new ControlAnswer(false, text(state)));
    }
    if (record instanceof ModelEvent event
        && command.getAction() == ControlAction.RETIRE
        && event.getReason().contains(command.getCommandId())
        && event.getEvent() instanceof VersionStatusChange change) {
      return Optional.of(
          new ControlAnswer(
              false, "version %d is %s".formatted(event.getVersion(), change.getStatus())));
    }
    return Optional.empty();
  }

  /** What a state says, without what it does not have. */
  static String text(ModelState state) {
    StringBuilder text = new StringBuilder("live ").append(state.getLive());
    if (state.getPrevious() != null) {
      text.append(", previous ").append(state.getPrevious());
    }
    state
        .getPins()
        .forEach(pin -> text.append(", '%s' on %d".formatted(pin.getMatch(), pin.getVersion())));
    if (state.getCanary() != null) {
      text.append(
          ", canary %d for %s of the streams"
              .formatted(state.getCanary().getVersion(), state.getCanary().getShare()));
    }
    if (state.getShadow() != null) {
      text.append(", shadow ").append(state.getShadow());
    }
    state
        .getActivations()
        .forEach(
            activation ->
                text.append(
                    ", %d from %s".formatted(activation.getVersion(), activation.getActivateAt())));
    return text.append(" (revision %d)".formatted(state.getRevision())).toString();
  }
}
