package io.segue.deploy.cli;

import java.io.PrintWriter;

/** One line on a terminal that is rewritten as work goes on; elsewhere nothing is shown of it. */
final class ProgressLine implements AutoCloseable {
  private static final String CLEAR = "\r\u001b[K";
  private static final int BAR = 30;

  private final PrintWriter err;
  private final boolean terminal = Boolean.getBoolean("segue.terminal");
  private boolean open;

  ProgressLine(PrintWriter err) {
    this.err = err;
  }

  /** Shows how much is done. */
  void show(long done, long all, String what) {
    if (terminal) {
      int filled = (int) (BAR * done / Math.max(1, all));
      err.print(CLEAR + "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " + what);
      err.flush();
      open = true;
    }
  }

  /** Prints a line that stays. */
  void say(String line) {
    close();
    err.println(line);
    err.flush();
  }

  @Override
  public void close() {
    if (open) {
      err.print(CLEAR);
      err.flush();
      open = false;
    }
  }
}
