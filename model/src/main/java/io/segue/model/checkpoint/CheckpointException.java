package io.segue.model.checkpoint;

/** A checkpoint that cannot be read, or does not fit the network; nothing was changed. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Reports {@code message}. */
  public CheckpointException(String message) {
    super(message);
  }

  /** Reports {@code message}, caused by {@code cause}. */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
