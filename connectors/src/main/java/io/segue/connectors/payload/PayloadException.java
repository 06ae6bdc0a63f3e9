package io.segue.connectors.payload;

import io.segue.schemas.avro.DeadLetterCause;
import java.io.IOException;

/**
 * The record that names the payload is at fault, and will be on every try: a matter for a dead
 * letter. A file system that fails for the moment throws another {@link IOException}.
 */
public final class PayloadException extends IOException {
  private static final long serialVersionUID = 1L;

  private final DeadLetterCause deadLetterCause;

  PayloadException(DeadLetterCause deadLetterCause, String message) {
    super(message);
    this.deadLetterCause = deadLetterCause;
  }

  /** Cause for the dead letter. */
  public DeadLetterCause deadLetterCause() {
    return deadLetterCause;
  }
}
