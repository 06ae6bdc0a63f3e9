package io.segue.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AllocationRecord;
import org.tensorflow.proto.AllocatorMemoryUsed;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.StepStats;

class MemoryEstimateTest {

  @Test
  void fillsFourFifthsOfTheMemoryWithImages() {
    MemoryEstimate estimate = MemoryEstimate.between(150, 200);

    assertThat(estimate).isEqualTo(new MemoryEstimate(100, 50));
    assertThat(estimate.batchThatFits(1000)).isEqualTo(14);
    assertThat(estimate.batchThatFits(100)).isZero();
  }

  @Test
  void thePeakIsWhatIsHeldAtTheSameTime() {
    RunMetadata run = run(record(1, 100), record(3, -100), record(2, 50), record(4, 60));

    assertThat(MemoryEstimate.peak(run)).isEqualTo(150);
  }

  private static AllocationRecord record(long micros, long bytes) {
    return AllocationRecord.newBuilder().setAllocMicros(micros).setAllocBytes(bytes).build();
  }

  private static RunMetadata run(AllocationRecord... records) {
    AllocatorMemoryUsed.Builder memory = AllocatorMemoryUsed.newBuilder();
    for (AllocationRecord each : records) {
      memory.addAllocationRecords(each);
    }
    NodeExecStats node = NodeExecStats.newBuilder().addMemory(memory).build();
    return RunMetadata.newBuilder()
        .setStepStats(
            StepStats.newBuilder().addDevStats(DeviceStepStats.newBuilder().addNodeStats(node)))
        .build();
  }
}
