package io.segue.operators.segment;

import io.segue.schemas.avro.DeadLetterCause;

/** The fault lies with the frame: it becomes a dead letter and its batch mates are served. */
final class FrameRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final DeadLetterCause deadLetterCause;

  FrameRefusedException(DeadLetterCause deadLetterCause, String message) {
    super(message);
    this.deadLetterCause = deadLetterCause;
  }

  DeadLetterCause deadLetterCause() {
    return deadLetterCause;
  }
}
