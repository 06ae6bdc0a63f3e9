package io.segue.operators.join;

import io.segue.schemas.avro.DeadLetterCause;

/** A label that cannot be used; the cause and the message go into its dead letter. */
final class LabelRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final DeadLetterCause deadLetterCause;
  private final String message;

  LabelRefusedException(DeadLetterCause deadLetterCause, String message) {
    super(message);
    this.message = message;
    this.deadLetterCause = deadLetterCause;
  }

  DeadLetterCause deadLetterCause() {
    return deadLetterCause;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
