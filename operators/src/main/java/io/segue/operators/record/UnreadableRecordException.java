package io.segue.operators.record;

import io.segue.schemas.avro.DeadLetterCause;

/** A Kafka record whose value or key is not what its topic holds. */
public final class UnreadableRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  private final DeadLetterCause deadLetterCause;
  private final String message;

  /**
   * @param message the thing, the value, the limit and the remedy
   */
  public UnreadableRecordException(DeadLetterCause deadLetterCause, String message) {
    super(message);
    this.message = message;
    this.deadLetterCause = deadLetterCause;
  }

  /** Cause for the dead letter. */
  public DeadLetterCause deadLetterCause() {
    return deadLetterCause;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
