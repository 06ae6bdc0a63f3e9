package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostThreadsTest {
  @Test
  void workThatComesAfterTheCloseIsDoneByWhoAsksForIt() {
    HostThreads threads = new HostThreads(1, Duration.ofMinutes(5));
    EngineThreads engine = threads.forEngine("road");
    threads.close();
    List<Thread> ran = new ArrayList<>();

    engine.loading().execute(() -> ran.add(Thread.currentThread()));
    engine.pool().execute(() -> ran.add(Thread.currentThread()));
    Runnable cancel = engine.timer().after(1, () -> ran.add(Thread.currentThread()));
    cancel.run();

    assertThat(ran).containsExactly(Thread.currentThread(), Thread.currentThread());
  }
}
