package io.segue.operators.segment;

/** An inference has passed its deadline; the task must fail, for no frame is to blame. */
public final class EngineHungException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EngineHungException(String message) {
    super(message);
  }
}
