package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.job.SegmentJob;
import io.segue.tests.cluster.FlinkProcesses;
import io.segue.tests.cluster.FlinkRest;
import io.segue.tests.cluster.JavaProcess;
import io.segue.tests.cluster.LocalEngine;
import io.segue.tests.stream.FrameFeeder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills in mid-stream. Each run is void unless a checkpoint had completed, frames were in flight
 * and masks were rolled back; then every frame has exactly one committed outcome, in order.
 */
class SegmentKillITCase {

  private static final int STREAMS = 5;
  private static final int FRAMES_PER_STREAM = 480;
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
            JavaProcess victim = cluster.taskManagers().get(0);
            cluster.addTaskManager();
            victim.kill();
          });
    }
  }

  private void serveThroughAKill(
      SegmentLine line, StreamExecutionEnvironment env, FlinkRest rest, Kill kill)
      throws Exception {
    env.setParallelism(2);
    SegmentJob.build(env, line.options());
    JobClient job = env.executeAsync("segment");
    JobID id = job.getJobID();
    try (FrameFeeder feeder = line.feeder()) {
      feed(feeder);
      await("a checkpoint with masks in it")
          .until(() -> line.countOutcomes(IsolationLevel.READ_COMMITTED) > 0);
      line.activate(2);
      await("masks that are not committed, frames in flight")
          .until(
              () ->
                  line.countOutcomes(IsolationLevel.READ_UNCOMMITTED)
                          > line.countOutcomes(IsolationLevel.READ_COMMITTED)
                      && rest.inFlight(id, ENGINE) >= LEAST_IN_FLIGHT);
      int committedAtKill = line.countOutcomes(IsolationLevel.READ_COMMITTED);
      assertThat(rest.checkpoints(id, "completed")).isPositive();
      assertThat(committedAtKill).as("the run was over too soon").isLessThan(feeder.sent().size());

      kill.run();

      await("every outcome committed")
          .until(() -> line.countOutcomes(IsolationLevel.READ_COMMITTED) >= feeder.sent().size());
      line.outcomes(IsolationLevel.READ_COMMITTED)
          .assertEachExactlyOnce(feeder.sent())
          .assertInOrder()
          .assertCutOversAgree();
      assertThat(rest.checkpoints(id, "restored")).isPositive();
      assertThat(line.countOutcomes(IsolationLevel.READ_UNCOMMITTED))
          .as("masks seen uncommitted: more than committed ones, or the kill rolled nothing back")
          .isGreaterThan(line.countOutcomes(IsolationLevel.READ_COMMITTED));
    } finally {
      job.cancel().get();
    }
  }

  private static void feed(FrameFeeder feeder) {
    byte[][] pictures = new byte[8][];
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = SegmentLine.jpeg(320, 240, i);
    }
    for (int sequence = 0; sequence < FRAMES_PER_STREAM; sequence++) {
      for (int stream = 0; stream < STREAMS; stream++) {
        feeder.send("camera-" + stream, 1, sequence, pictures[sequence % pictures.length]);
      }
    }
    feeder.flush();
  }

  private static ConditionFactory await(String what) {
    return Awaitility.await(what)
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions();
  }

  @FunctionalInterface
  private interface Kill {
    void run() throws Exception;
  }
}
