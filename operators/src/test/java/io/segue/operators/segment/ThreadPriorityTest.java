package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the system says of the threads, see proc_pid_stat(5). */
@EnabledOnOs(OS.LINUX)
class ThreadPriorityTest {
  private static final int NICE = 19;
  private static final int POLICY = 41;
  private static final String SCHED_IDLE = "5";

  @Test
  void lowersTheThreadsOfAFactoryAndNoOthers() {
    String ordinary = stat(Thread::new, NICE);
    String policy = stat(Thread::new, POLICY);
    ThreadFactory low = ThreadPriority.low(Thread::new);
    ThreadFactory idle = ThreadPriority.idle(Thread::new);

    assertThat(stat(low, NICE)).isEqualTo("" + Math.min(19, Integer.parseInt(ordinary) + 5));
    assertThat(stat(low, POLICY)).isEqualTo(policy);
    assertThat(stat(idle, POLICY)).isEqualTo(SCHED_IDLE);
    assertThat(stat(Thread::new, NICE)).isEqualTo(ordinary);
    assertThat(stat(Thread::new, POLICY)).isEqualTo(policy);
  }

  /** A field by its number in the manual, of which the second ends with the last bracket. */
  private static String stat(ThreadFactory factory, int field) {
    CompletableFuture<String> stat = new CompletableFuture<>();
    factory.newThread(() -> stat.complete(readStat())).start();
    String line = stat.join();
    return line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[field - 3];
  }

  private static String readStat() {
    try {
      return Files.readString(Path.of("/proc/thread-self/stat"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
