package io.segue.operators.segment;

import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that the operating system lets run when others leave it time. Java's own priorities do
 * nothing on Linux; its scheduling policy for idle time works for a single thread and needs no
 * rights. Where the system is another one, the threads are ordinary.
 *
 * <p>A thread inherits the policy of the one that starts it, and there is no way back: TensorFlow
 * starts its pools with the first session of the process, which must not be opened here.
 */
final class ThreadPriority {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadPriority.class);
  private static final int CALLING_THREAD = 0;

  /**
   * See sched(7): gives way to any other thread that wakes up, where one with the lowest nice value
   * may first run on for a while. The longest waits of frames beside a load were shorter than with
   * nice 19 in both trials, though not significantly (docs/serving.md). What is left of a busy core
   * is a fifth of what nice 19 gets.
   */
  private static final int SCHED_IDLE = 5;

  /** The only one of that policy. */
  private static final int[] PRIORITY = {0};

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
          if (c.sched_setscheduler(CALLING_THREAD, SCHED_IDLE, PRIORITY) != 0) {
            LOG.warn("Versions are loaded at ordinary priority: sched_setscheduler was refused");
          }
        });
  }
}
