package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
  private final Configuration started = new Configuration();

  {
    set("taskmanager.memory.framework.heap.size", "128m");
    set("taskmanager.memory.framework.off-heap.size", "128m");
    set("taskmanager.memory.task.heap.size", "512m");
    set("taskmanager.memory.task.off-heap.size", "256m");
    set("taskmanager.memory.managed.size", "64m");
    set("taskmanager.memory.network.max", "64m");
    set("taskmanager.memory.jvm-metaspace.size", "256m");
    set("taskmanager.memory.jvm-overhead.max", "192m");
  }

  private void set(String key, String value) {
    started.setString(key, value);
  }

  @Test
  void isTheSumOfWhatTheProcessWasStartedWith() {
    assertThat(ProcessMemory.of(started)).contains(new ProcessMemory(1600L << 20, 256L << 20));
  }

  @Test
  void isUnknownWhereAPartIsNotSaidOrHasNoBound() {
    assertThat(ProcessMemory.of(new Configuration())).isEmpty();
    started.set(TaskManagerOptions.TASK_HEAP_MEMORY, MemorySize.MAX_VALUE);
    assertThat(ProcessMemory.of(started)).isEmpty();
  }

  @Test
  void saysWhatToSetWhereTheProcessIsLarger() {
    ProcessMemory memory = ProcessMemory.of(started).orElseThrow();
    assertThat(memory.shortfall(1600L << 20)).isEmpty();
    assertThat(memory.shortfall(2000L << 20).orElseThrow())
        .contains("holds 2000 MiB", "counts on 1600 MiB")
        .contains("taskmanager.memory.task.off-heap.size from 256 MiB to 656 MiB");
  }
}
