package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.job.SegmentJob;
import io.segue.tests.cluster.FlinkProcesses;
import io.segue.tests.cluster.FlinkRest;
import io.segue.tests.cluster.JavaProcess;
import io.segue.tests.cluster.LocalEngine;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills in mid-stream, after a checkpoint and while a version is replaced: every frame has exactly
 * one committed outcome, in order.
 */
class SegmentKillITCase {

  private static final int STREAMS = 5;
  private static final long CHECKPOINT_MILLIS = 1500;
  private static final String ENGINE = "segment";
  private static final int LEAST_IN_FLIGHT = 10;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void eachFrameHasOneOutcomeAfterTheJobFailed() throws Exception {
    try (SegmentLine line = SegmentLine.start(folder, 2);
        LocalEngine engine = LocalEngine.start(2)) {
      serveThroughAKill(
          line,
          engine.environment(line.engine(CHECKPOINT_MILLIS)),
          engine.rest(),
          engine::replaceTaskManager);
    }
  }

  @Test
  void eachFrameHasOneOutcomeAfterAProcessOfTheJobWasDestroyed() throws Exception {
    try (SegmentLine line = SegmentLine.start(folder, 2);
        FlinkProcesses cluster = FlinkProcesses.start(folder.resolve("cluster"), 2, 1, Map.of())) {
      serveThroughAKill(
          line,
          cluster.environment(line.engine(CHECKPOINT_MILLIS)),
          cluster.rest(),
          () -> {
            JavaProcess victim =
                cluster.taskManagers().stream()
                    .filter(JavaProcess::isAlive)
                    .findFirst()
                    .orElseThrow();
            cluster.addTaskManager();
            victim.kill();
          });
    }
  }

  private void serveThroughAKill(
      SegmentLine line, StreamExecutionEnvironment env, FlinkRest rest, KillTrial.Kill kill)
      throws Exception {
    env.setParallelism(2);
    SegmentJob.build(env, line.options());
    JobClient job = env.executeAsync("segment");
    JobID id = job.getJobID();
    try (Cameras cameras = new Cameras(line, STREAMS, 320, 240)) {
      cameras.finish();
      line.activate(2);
      KillTrial.killUntilMasksAreRolledBack(
          "in mid-stream",
          line,
          cameras,
          () -> {
            int rolledBack = line.countUncommitted();
            cameras.sendUntil(
                "masks that are not committed, frames in flight",
                () ->
                    line.countUncommitted() > rolledBack
                        && rest.inFlight(id, ENGINE) >= LEAST_IN_FLIGHT);
            kill.run();
          });
      cameras.sendUntil("masks of the new version", () -> line.hasServed(2));
      cameras.finish();
      line.outcomes(IsolationLevel.READ_COMMITTED)
          .assertEachExactlyOnce(cameras.sent())
          .assertInOrder()
          .assertCutOversAgree()
          .assertVersionsOnlyRise();
      assertThat(rest.checkpoints(id, "restored")).isPositive();
    } finally {
      job.cancel().get();
    }
  }
}
