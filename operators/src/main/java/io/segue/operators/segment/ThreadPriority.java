package io.segue.operators.segment;

import java.util.concurrent.ThreadFactory;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that step back for others. Java's own priorities do nothing on Linux; its nice values and
 * its scheduling policy for idle time work for a single thread and need no rights. Where the system
 * is another one, the threads are ordinary.
 *
 * <p>A thread inherits what the one that starts it has, and there is no way back: TensorFlow starts
 * its pools with the first session of the process, which must not be opened here.
 */
final class ThreadPriority {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadPriority.class);
  private static final int CALLING_THREAD = 0;

  /**
   * See sched(7): a thread whose nice value is so much higher gets a quarter of a core that another
   * one wants too, and all of one that nobody wants. So what it does ends, however busy the machine
   * is.
   */
  private static final int NICER = 5;

  private static final int NICEST = 19;

  /** See setpriority(2): what follows is the number of a thread. */
  private static final int PRIO_PROCESS = 0;

  /** See sched(7): gives way to any other thread that wakes up, and may starve. */
  private static final int SCHED_IDLE = 5;

  /** The only one of that policy. */
  private static final int[] PRIORITY = {0};

  private ThreadPriority() {}

  /** Threads of a factory that leave others most of a contended core. */
  static ThreadFactory low(ThreadFactory factory) {
    return lowered(
        factory,
        c -> {
          int nice = c.getpriority(PRIO_PROCESS, CALLING_THREAD) + NICER;
          return c.setpriority(PRIO_PROCESS, CALLING_THREAD, Math.min(NICEST, nice));
        });
  }

  /** Threads of a factory that run when nothing else does. */
  static ThreadFactory idle(ThreadFactory factory) {
    return lowered(factory, c -> c.sched_setscheduler(CALLING_THREAD, SCHED_IDLE, PRIORITY));
  }

  private static ThreadFactory lowered(ThreadFactory factory, ToIntFunction<LibC> call) {
    return task ->
        factory.newThread(
            () -> {
              lower(call);
              task.run();
            });
  }

  private static void lower(ToIntFunction<LibC> call) {
    LibC.call(
        "This thread runs at ordinary priority",
        c -> {
          if (call.applyAsInt(c) != 0) {
            LOG.warn(
                "{} runs at ordinary priority: the system refused a lower one",
                Thread.currentThread().getName());
          }
        });
  }
}
