package io.segue.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class FlinkProcessesITCase {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void aJobRunsOnAfterOneOfItsProcessesWasKilled() throws Exception {
    try (FlinkProcesses cluster = FlinkProcesses.start(folder, 2, 1, Map.of())) {
      StreamExecutionEnvironment env = cluster.environment(new Configuration());
      env.setParallelism(1);
      env.fromSource(
              new NumberSequenceSource(0, Long.MAX_VALUE - 1),
              WatermarkStrategy.noWatermarks(),
              "numbers",
              Types.LONG)
          .sinkTo(new DiscardingSink<>());
      env.enableCheckpointing(200);
      JobClient job = env.executeAsync("numbers");
      awaitStatus(job, JobStatus.RUNNING);
      awaitCheckpoint(cluster, job);

      cluster.taskManagers().get(0).kill();
      cluster.taskManagers().get(1).kill();
      cluster.addTaskManager();

      Awaitility.await("restarted")
          .atMost(Duration.ofMinutes(3))
          .ignoreExceptions()
          .until(() -> cluster.rest().checkpoints(job.getJobID(), "restored") == 1);
      awaitStatus(job, JobStatus.RUNNING);
      assertThat(cluster.taskManagers()).filteredOn(JavaProcess::isAlive).hasSize(1);
    }
  }

  private static void awaitStatus(JobClient job, JobStatus status) {
    Awaitility.await(status.toString())
        .atMost(Duration.ofMinutes(3))
        .until(() -> job.getJobStatus().get() == status);
  }

  private static void awaitCheckpoint(FlinkProcesses cluster, JobClient job) {
    Awaitility.await("a completed checkpoint")
        .atMost(Duration.ofMinutes(3))
        .ignoreExceptions()
        .until(() -> cluster.rest().checkpoints(job.getJobID(), "completed") > 0);
  }
}
