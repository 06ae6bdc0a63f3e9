package io.segue.connectors.image;

import io.segue.schemas.avro.DeadLetterCause;

/** The bytes are no image that can be served; the cause says why in the words of dead letters. */
public final class ImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final DeadLetterCause deadLetterCause;

  ImageException(DeadLetterCause deadLetterCause, String message) {
    super(message);
    this.deadLetterCause = deadLetterCause;
  }

  /** Cause for the dead letter. */
  public DeadLetterCause deadLetterCause() {
    return deadLetterCause;
  }

  static ImageException truncated(String message) {
    return new ImageException(DeadLetterCause.IMAGE_TRUNCATED, message);
  }

  static ImageException unsupported(String message) {
    return new ImageException(DeadLetterCause.UNSUPPORTED_IMAGE, message);
  }

  static ImageException notAnImage(String message) {
    return new ImageException(DeadLetterCause.NOT_AN_IMAGE, message);
  }
}
