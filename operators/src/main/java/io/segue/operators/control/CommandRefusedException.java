package io.segue.operators.control;

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
}
