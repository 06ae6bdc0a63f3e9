package io.segue.deploy.cli;

import io.segue.deploy.demo.DemoProgress;
import java.io.PrintWriter;
import java.util.Map;

/**
 * Shows a demo's progress on standard error: on a terminal one line that is rewritten, with events
 * above it; elsewhere only what does not change.
 */
final class TerminalProgress implements DemoProgress, AutoCloseable {
  private static final String CLEAR_LINE = "\r\u001b[K";
  private static final int BAR = 30;

  private final Console console;
  private final PrintWriter err;
  private final boolean terminal = Boolean.getBoolean("segue.terminal");
  private boolean lineOpen;

  TerminalProgress(Console console) {
    this.console = console;
    this.err = console.progress();
  }

  @Override
  public synchronized void phase(String what) {
    print(what);
  }

  @Override
  public synchronized void training(long step, long steps, double loss) {
    int done = (int) (BAR * step / steps);
    rewrite(
        "[%s%s] step %d of %d, loss %.3f"
            .formatted("#".repeat(done), ".".repeat(BAR - done), step, steps, loss));
  }

  @Override
  public synchronized void ready(Map<String, ?> addresses) {
    clear();
    console.ready(addresses);
  }

  @Override
  public synchronized void status(String line) {
    rewrite(line);
  }

  @Override
  public synchronized void event(String line) {
    print("  " + line);
  }

  @Override
  public synchronized void close() {
    clear();
  }

  private void print(String line) {
    if (terminal) {
      clear();
      err.println(line);
    }
  }

  private void rewrite(String line) {
    if (terminal) {
      err.print(CLEAR_LINE + line);
      err.flush();
      lineOpen = true;
    }
  }

  private void clear() {
    if (lineOpen) {
      err.print(CLEAR_LINE);
      err.flush();
      lineOpen = false;
    }
  }
}
