package io.segue.deploy.cli;

/** Ends a command with exit status 1; the message is the line that the user reads. */
public final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message the thing, the value, the limit and the remedy, in one line
   */
  public CommandFailedException(String message) {
    super(message);
  }

  /**
   * @param message the thing, the value, the limit and the remedy, in one line
   * @param cause what {@code --verbose} shows below the line
   */
  public CommandFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
