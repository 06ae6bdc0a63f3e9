package io.segue.model.data;

/** A labelled image that cannot be learned from; names where it comes from and what is wrong. */
public final class InvalidExampleException extends RuntimeException {
  private final String sourceId;

  InvalidExampleException(String sourceId, String problem, Throwable cause) {
    super("example '%s': %s".formatted(sourceId, problem), cause);
    this.sourceId = sourceId;
  }

  /** Reports a problem of the example from {@code sourceId}. */
  public InvalidExampleException(String sourceId, String problem) {
    super("example '%s': %s".formatted(sourceId, problem));
    this.sourceId = sourceId;
  }

  /** The example's source. */
  public String sourceId() {
    return sourceId;
  }
}
