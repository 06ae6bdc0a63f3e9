package io.segue.operators.segment;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Linux offers and Java does not. */
interface LibC extends Library {
  /** See sched_setscheduler(2); of a single thread. */
  int sched_setscheduler(int thread, int policy, int[] parameters);

  /** See getpriority(2); of a single thread on Linux. */
  int getpriority(int which, int thread);

  /** See setpriority(2); of a single thread on Linux. */
  int setpriority(int which, int thread, int nice);

  /** See malloc_trim(3), which glibc alone has. */
  int malloc_trim(NativeLong pad);

  /**
   * Calls it where the system is Linux; elsewhere, and where the function is missing, goes on
   * without.
   *
   * @param what does not happen then, for the log
   */
  static void call(String what, Consumer<LibC> use) {
    if (!Platform.isLinux()) {
      return;
    }
    Logger log = LoggerFactory.getLogger(LibC.class);
    try {
      use.accept(Native.load("c", LibC.class));
    } catch (LinkageError | RuntimeException e) {
      log.warn("{}: {}", what, e.toString());
    }
  }
}
