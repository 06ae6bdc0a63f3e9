package io.segue.deploy.cli;

/**
 * The one line that tells a user why a command failed: the message of the innermost cause that has
 * one, since engines wrap it in their own ("Job execution failed"). A class name goes before it
 * unless Segue wrote the message itself.
 */
final class FailureLine {
  private FailureLine() {}

  static String of(Throwable failure) {
    if (failure instanceof CommandFailedException) {
      return oneLine(String.valueOf(failure.getMessage()));
    }
    Throwable told = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null) {
        told = cause;
      }
    }
    String message = told.getMessage();
    if (message == null) {
      return told.getClass().getName() + " (run with --verbose for the stack trace)";
    }
    boolean ours =
        told.getClass().getName().startsWith("io.segue.")
            || told.getClass() == IllegalArgumentException.class;
    return oneLine(ours ? message : told.getClass().getSimpleName() + ": " + message);
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
