package io.segue.operators.segment;

import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;

/**
 * What Flink has been told that a TaskManager takes. Networks live outside the heap, which Flink
 * neither sees nor bounds: whoever runs it in a container of this size has it killed when they take
 * more.
 *
 * @param total of the process, in bytes
 * @param taskOffHeap the share that is set aside for such as networks, in bytes
 */
record ProcessMemory(long total, long taskOffHeap) {
  private static final List<ConfigOption<MemorySize>> PARTS =
      List.of(
          TaskManagerOptions.FRAMEWORK_HEAP_MEMORY,
          TaskManagerOptions.FRAMEWORK_OFF_HEAP_MEMORY,
          TaskManagerOptions.TASK_HEAP_MEMORY,
          TaskManagerOptions.TASK_OFF_HEAP_MEMORY,
          TaskManagerOptions.MANAGED_MEMORY_SIZE,
          TaskManagerOptions.NETWORK_MEMORY_MAX,
          TaskManagerOptions.JVM_METASPACE,
          TaskManagerOptions.JVM_OVERHEAD_MAX);

  /** As the process that runs a task was started; empty where it was not told, as in a test. */
  static Optional<ProcessMemory> of(RuntimeContext context) {
    return context instanceof StreamingRuntimeContext streaming
        ? of(streaming.getTaskManagerRuntimeInfo().getConfiguration())
        : Optional.empty();
  }

  static Optional<ProcessMemory> of(Configuration started) {
    long total = 0;
    for (ConfigOption<MemorySize> part : PARTS) {
      Optional<MemorySize> size = started.getOptional(part);
      if (size.isEmpty() || size.get().equals(MemorySize.MAX_VALUE)) {
        return Optional.empty();
      }
      total += size.get().getBytes();
    }
    return Optional.of(
        new ProcessMemory(total, started.get(TaskManagerOptions.TASK_OFF_HEAP_MEMORY).getBytes()));
  }

  /**
   * What to say where the process is larger than Flink knows.
   *
   * @param resident bytes of it in memory
   */
  Optional<String> shortfall(long resident) {
    long missing = resident - total;
    return missing <= 0
        ? Optional.empty()
        : Optional.of(
            "The process holds %d MiB, Flink counts on %d MiB: a container of that size will be killed; raise taskmanager.memory.task.off-heap.size from %d MiB to %d MiB or more"
                .formatted(
                    mebibytes(resident),
                    mebibytes(total),
                    mebibytes(taskOffHeap),
                    mebibytes(taskOffHeap + missing)));
  }

  private static long mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
