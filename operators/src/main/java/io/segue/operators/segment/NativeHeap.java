package io.segue.operators.segment;

import com.sun.jna.NativeLong;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.function.ToLongFunction;
import org.bytedeco.javacpp.Pointer;

/** The memory that native libraries allocate. */
final class NativeHeap {
  private static final NativeLong NOTHING_KEPT = new NativeLong(0);

  private NativeHeap() {}

  /**
   * Bytes of this process in memory that are not the JVM's own: without the heap, as far as it has
   * been filled at most, and without classes and compiled code. An estimate: what the collector and
   * the compilers work with counts as native.
   */
  static long bytes() {
    long committed = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    // What the heap has held stays with the process, whether or not it is free now.
    long heap = sum(MemoryType.HEAP, pool -> pool.getPeakUsage().getUsed());
    long code = sum(MemoryType.NON_HEAP, pool -> pool.getUsage().getUsed());
    return Math.max(0, Pointer.physicalBytes() - Math.min(heap, committed) - code);
  }

  private static long sum(MemoryType type, ToLongFunction<MemoryPoolMXBean> bytes) {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == type)
        .mapToLong(bytes)
        .sum();
  }

  /**
   * Gives free memory back to the system. The C library keeps what a released version held, in
   * pieces that the next one does not fit: after a few swaps of a version that needs 55 MiB, 240.
   * Takes some 20 ms, in which allocations of other threads may wait.
   */
  static void trim() {
    LibC.call(
        "The memory of released versions stays with the process", c -> c.malloc_trim(NOTHING_KEPT));
  }
}
