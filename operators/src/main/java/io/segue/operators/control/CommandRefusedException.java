package io.segue.operators.control;

import io.segue.schemas.avro.ControlCommand;

/** A command that cannot be carried out; the message goes into its dead letter. */
final class CommandRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String message;

  CommandRefusedException(String message) {
    super(message);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }

  /** The refusal of a command with its reason and, where there is one, the remedy. */
  static CommandRefusedException of(ControlCommand command, String why) {
    return new CommandRefusedException(
        "command %s, %s of model '%s': %s"
            .formatted(command.getCommandId(), command.getAction(), command.getModel(), why));
  }
}
