package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.job.SegmentJob;
import io.segue.tests.cluster.LocalEngine;
import io.segue.tests.stream.FrameFeeder;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Savepoints with frames in flight, restored into another parallelism. */
class SegmentRescaleITCase {

  private static final int STREAMS = 7;
  private static final int FRAMES_PER_STREAM = 400;
  private static final int LEAST_IN_FLIGHT = 50;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void orderAndCompletenessSurviveRescalingFromOneToThreeToTwo() throws Exception {
    try (SegmentLine line = SegmentLine.start(folder, 1);
        LocalEngine engine = LocalEngine.start(3);
        FrameFeeder feeder = line.feeder()) {
      byte[] picture = SegmentLine.jpeg(320, 240, 1);
      for (int sequence = 0; sequence < FRAMES_PER_STREAM; sequence++) {
        for (int stream = 0; stream < STREAMS; stream++) {
          feeder.send("camera-" + stream, 1, sequence, picture);
        }
      }
      feeder.flush();

      String first = runUntilBusy(line, engine, 1, "");
      int afterFirst = line.countOutcomes(IsolationLevel.READ_COMMITTED);
      String second = runUntilBusy(line, engine, 3, first);
      assertThat(line.countOutcomes(IsolationLevel.READ_COMMITTED)).isGreaterThan(afterFirst);

      JobClient last = submit(line, engine, 2, second);
      Awaitility.await("every outcome committed")
          .atMost(Duration.ofMinutes(3))
          .until(() -> line.countOutcomes(IsolationLevel.READ_COMMITTED) >= feeder.sent().size());
      last.cancel().get();
      line.outcomes(IsolationLevel.READ_COMMITTED)
          .assertEachExactlyOnce(feeder.sent())
          .assertInOrder()
          .assertCutOversAgree()
          .assertVersionsOnlyRise();
    }
  }

  /** Runs until enough frames are in flight after a commit, and stops with a savepoint. */
  private String runUntilBusy(
      SegmentLine line, LocalEngine engine, int parallelism, String savepoint) throws Exception {
    int before = line.countOutcomes(IsolationLevel.READ_COMMITTED);
    JobClient job = submit(line, engine, parallelism, savepoint);
    Awaitility.await("frames in flight")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .until(
            () ->
                line.countOutcomes(IsolationLevel.READ_COMMITTED) > before
                    && engine.rest().inFlight(job.getJobID(), "segment") >= LEAST_IN_FLIGHT);
    return job.stopWithSavepoint(
            false,
            line.folder().resolve("savepoints").toUri().toString(),
            SavepointFormatType.CANONICAL)
        .get();
  }

  private static JobClient submit(
      SegmentLine line, LocalEngine engine, int parallelism, String savepoint) throws Exception {
    Configuration configuration = line.engine(500);
    if (!savepoint.isEmpty()) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env = engine.environment(configuration);
    env.setParallelism(parallelism);
    SegmentJob.build(env, line.options());
    return env.executeAsync("segment at parallelism " + parallelism);
  }
}
