package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplaceableThreadTest {
  private final ThreadPoolExecutor executor =
      new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
  private final List<Runnable> alarms = Collections.synchronizedList(new ArrayList<>());
  private final ReplaceableThread thread =
      new ReplaceableThread(
          executor,
          (nanos, alarm) -> {
            alarms.add(alarm);
            return () -> {};
          },
          Duration.ofMinutes(5));
  private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    executor.shutdownNow();
  }

  @Test
  void whatComesAfterStuckWorkGetsAFreshThread() {
    CountDownLatch stuck = new CountDownLatch(1);
    thread.execute(
        () -> {
          try {
            stuck.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    thread.execute(() -> ran.add("second"));
    await().until(() -> !alarms.isEmpty());
    assertThat(ran).isEmpty();

    alarms.get(0).run();
    await().until(() -> ran.contains("second"));

    stuck.countDown();
    await().until(() -> executor.getPoolSize() == 1);
    thread.execute(() -> ran.add("third"));
    await().until(() -> ran.contains("third"));
    assertThat(executor.getMaximumPoolSize()).isEqualTo(1);
  }

  @Test
  void workThatHasEndedNeedsNoFreshThread() {
    thread.execute(() -> ran.add("first"));
    await().until(() -> executor.getCompletedTaskCount() == 1);
    alarms.get(0).run();
    assertThat(executor.getMaximumPoolSize()).isEqualTo(1);
  }
}
