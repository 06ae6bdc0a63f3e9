package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.job.SegmentJob;
import io.segue.schemas.avro.Mask;
import io.segue.tests.cluster.LocalEngine;
import io.segue.tests.optional.OptionalTool;
import io.segue.tests.stream.FrameFeeder;
import io.segue.tests.stream.StreamOutcomes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Real driving video reaches the masks, through a change of version. */
class RealVideoITCase {

  private static final int FRAMES = 60;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void framesOfCamVidBecomeMasksOfTheirSizeInOrder() throws Exception {
    List<Path> pictures = pictures(OptionalTool.camVid().resolve("val/frames"));
    try (SegmentLine line = SegmentLine.start(folder, 2);
        LocalEngine engine = LocalEngine.start(2);
        FrameFeeder feeder = line.feeder()) {
      StreamExecutionEnvironment env = engine.environment(line.engine(300));
      env.setParallelism(2);
      SegmentJob.build(env, line.options());
      JobClient job = env.executeAsync("segment");

      play(feeder, pictures, 0, FRAMES / 2);
      awaitMasks(line, FRAMES / 2);
      line.activate(2);
      // The version is loaded beside the one that serves: frames go on until it takes over.
      play(feeder, pictures, FRAMES / 2, FRAMES);
      awaitMasks(line, FRAMES);
      job.cancel().get();

      StreamOutcomes outcomes =
          line.outcomes(IsolationLevel.READ_COMMITTED)
              .assertEachExactlyOnce(feeder.sent())
              .assertInOrder()
              .assertCutOversAgree()
              .assertVersionsOnlyRise();
      assertThat(outcomes.masks())
          .allSatisfy(
              mask -> {
                assertThat(mask.getWidth()).isEqualTo(480);
                assertThat(mask.getHeight()).isEqualTo(360);
                assertThat(mask.getTaxonomy().getId()).isEqualTo(SegmentLine.TAXONOMY.id());
              });
      assertThat(outcomes.masks().subList(0, FRAMES / 2))
          .extracting(Mask::getVersion)
          .containsOnly(1L);
      assertThat(outcomes.masks()).extracting(Mask::getVersion).isSorted();
    }
  }

  private static List<Path> pictures(Path frames) throws Exception {
    try (Stream<Path> files = Files.list(frames)) {
      return files.sorted().limit(FRAMES).toList();
    }
  }

  private static void play(FrameFeeder feeder, List<Path> pictures, int from, int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      feeder.send("0016E5", 1, i, Files.readAllBytes(pictures.get(i)));
    }
    feeder.flush();
  }

  private static void awaitMasks(SegmentLine line, int count) {
    Awaitility.await(count + " masks")
        .atMost(Duration.ofMinutes(3))
        .until(() -> line.countOutcomes(IsolationLevel.READ_COMMITTED) >= count);
  }
}
