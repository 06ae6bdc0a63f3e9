package io.segue.operators.segment;

/**
 * No version of a model can be served in this process; the task must fail, for no frame is to
 * blame.
 */
public final class ModelUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ModelUnavailableException(String message) {
    super(message);
  }
}
