package io.segue.model.train;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tensorflow.proto.AllocationRecord;
import org.tensorflow.proto.AllocatorMemoryUsed;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;

/**
 * How much memory an update takes, from what TensorFlow recorded of smaller ones.
 *
 * @param fixed bytes at any batch size
 * @param perImage further bytes for each image
 */
record MemoryEstimate(long fixed, long perImage) {
  /** What the allocator and the rest of the process need beside the tensors. */
  private static final double USABLE = 0.8;

  /** From the peaks of updates of one and of two images. */
  static MemoryEstimate between(long one, long two) {
    long perImage = Math.max(1, two - one);
    return new MemoryEstimate(Math.max(0, one - perImage), perImage);
  }

  /** The largest batch that {@code bytes} of memory should hold, 0 if not even one image. */
  long batchThatFits(long bytes) {
    return Math.max(0, ((long) (bytes * USABLE) - fixed) / perImage);
  }

  /** Memory that this machine, or the container's limit, has left. */
  static long freeBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getFreeMemorySize()
        : 0;
  }

  /** The largest number of bytes that were allocated at the same time. */
  static long peak(RunMetadata run) {
    List<AllocationRecord> records = new ArrayList<>();
    run.getStepStats()
        .getDevStatsList()
        .forEach(
            device -> {
              for (NodeExecStats node : device.getNodeStatsList()) {
                for (AllocatorMemoryUsed memory : node.getMemoryList()) {
                  records.addAll(memory.getAllocationRecordsList());
                }
              }
            });
    records.sort(Comparator.comparingLong(AllocationRecord::getAllocMicros));
    long now = 0;
    long peak = 0;
    for (AllocationRecord each : records) {
      now += each.getAllocBytes();
      peak = Math.max(peak, now);
    }
    return peak;
  }
}
