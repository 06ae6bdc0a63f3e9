package io.segue.operators.segment;

import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that the operating system lets run when others leave it time. Java's own priorities do
 * nothing on Linux; its {@code setpriority} works for a single thread and needs no rights. Where
 * the system is another one, the threads are ordinary.
 *
 * <p>A thread inherits the priority of the one that starts it, and there is no way back: TensorFlow
 * starts its pools with the first session of the process, which must not be opened here.
 */
final class ThreadPriority {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadPriority.class);
  private static final int PRIO_PROCESS = 0;
  private static final int CALLING_THREAD = 0;

  /**
   * The lowest: a hundredth of what an ordinary thread on the same core gets, and what the others
   * leave. The threads of one operation wait for the last of them, so a tenth, as with 10, costs a
   * network a fifth of its speed.
   */
  private static final int NICE = 19;

  private ThreadPriority() {}

  /** Threads of a factory, with low priority. */
  static ThreadFactory low(ThreadFactory factory) {
    return task ->
        factory.newThread(
            () -> {
              lower();
              task.run();
            });
  }

  private static void lower() {
    LibC.call(
        "Versions are loaded at ordinary priority",
        c -> {
          if (c.setpriority(PRIO_PROCESS, CALLING_THREAD, NICE) != 0) {
            LOG.warn("Versions are loaded at ordinary priority: setpriority was refused");
          }
        });
  }
}
