package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.job.SegmentJob;
import io.segue.tests.cluster.FlinkProcesses;
import io.segue.tests.stream.FrameFeeder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A TaskManager whose home cannot be written to, as in a container with a read-only root. */
class ReadOnlyRootITCase {
  private static final int FRAMES = 20;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void theFolderForTemporaryFilesIsAllThatATaskManagerWritesTo() throws Exception {
    Path temporary = Files.createDirectories(folder.resolve("temporary"));
    Path file = Files.createFile(folder.resolve("file"));
    try (SegmentLine line = SegmentLine.start(folder, 1);
        FlinkProcesses cluster = FlinkProcesses.start(folder, 0, 1, Map.of());
        FrameFeeder feeder = line.feeder()) {
      cluster.addTaskManager(
          "-Djava.io.tmpdir=" + temporary, "-Duser.home=" + file.resolve("no-folder"));
      StreamExecutionEnvironment env = cluster.environment(line.engine(500));
      env.setParallelism(1);
      SegmentJob.build(env, line.options());
      JobClient job = env.executeAsync("segment");
      byte[] picture = SegmentLine.jpeg(96, 64, 1);
      for (int sequence = 0; sequence < FRAMES; sequence++) {
        feeder.send("camera", 1, sequence, picture);
      }
      feeder.flush();
      Awaitility.await("every frame's mask")
          .atMost(Duration.ofMinutes(3))
          .until(() -> line.countOutcomes(IsolationLevel.READ_COMMITTED) >= FRAMES);
      job.cancel().get();
      assertThat(line.outcomes(IsolationLevel.READ_COMMITTED).masks()).hasSize(FRAMES);
    }
    assertThat(temporary.resolve(".javacpp-" + System.getProperty("user.name") + "/cache"))
        .as("where the native libraries were unpacked")
        .isNotEmptyDirectory();
  }
}
