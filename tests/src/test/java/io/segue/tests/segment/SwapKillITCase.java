package io.segue.tests.segment;

import io.segue.deploy.job.SegmentJob;
import io.segue.tests.cluster.FlinkProcesses;
import io.segue.tests.cluster.JavaProcess;
import io.segue.tests.segment.PhaseLoader.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the process that is in the middle of replacing a version: while it loads, verifies, warms,
 * compares, switches or releases one. A kill counts only if frames were in flight and masks were
 * rolled back; it is repeated where it does not. One kill in each phase, or N with {@code
 * -Dsegue.kill.seeds=N}, each at another moment of the stream.
 */
class SwapKillITCase {
  private static final int SEEDS = Integer.getInteger("segue.kill.seeds", 1);
  private static final int STREAMS = 4;
  private static final long CHECKPOINT_MILLIS = 3000;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private long newest = 1;

  @Test
  void aKillInAnyPhaseOfASwapLosesRepeatsAndReordersNothing() throws Exception {
    Path phases = folder.resolve("phases");
    try (SegmentLine line = SegmentLine.start(folder, 1);
        FlinkProcesses cluster = FlinkProcesses.start(folder.resolve("cluster"), 1, 2, Map.of());
        Cameras cameras = new Cameras(line, STREAMS, 160, 120)) {
      StreamExecutionEnvironment env =
          cluster.environment(
              line.engine(CHECKPOINT_MILLIS)
                  .set(
                      RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS,
                      Integer.MAX_VALUE));
      env.setParallelism(2);
      SegmentJob.build(
          env, line.options(), new PhaseLoader(line.options().registryRoot(), phases.toString()));
      JobClient job = env.executeAsync("segment");
      try {
        cameras.finish();
        for (int seed = 0; seed < SEEDS; seed++) {
          Random random = new Random(seed);
          for (Phase phase : Phase.values()) {
            KillTrial.killUntilMasksAreRolledBack(
                "while in phase " + phase,
                line,
                cameras,
                () -> killIn(phase, random, phases, line, cluster, cameras));
          }
        }
        line.outcomes(IsolationLevel.READ_COMMITTED)
            .assertEachExactlyOnce(cameras.sent())
            .assertInOrder()
            .assertCutOversAgree()
            .assertVersionsOnlyRise();
      } finally {
        job.cancel().get();
      }
    }
  }

  private void killIn(
      Phase phase,
      Random random,
      Path phases,
      SegmentLine line,
      FlinkProcesses cluster,
      Cameras cameras)
      throws Exception {
    cluster.addTaskManager();
    cluster.awaitTaskManagers(2);
    if (phase == Phase.COMPARE) {
      // A version is compared while it serves where the process has compared the one before.
      activateNext(line);
      cameras.sendUntil("masks of version " + newest, () -> line.hasServed(newest));
    }
    PhaseLoader.arm(phases, phase);
    activateNext(line);
    cameras.sendUntil(phase + " is reached", () -> Files.exists(PhaseLoader.hit(phases)));
    cameras.awaitWrittenMasks();
    Thread.sleep(random.nextInt(100));
    long pid = Long.parseLong(Files.readString(PhaseLoader.hit(phases)));
    JavaProcess victim =
        cluster.taskManagers().stream().filter(it -> it.pid() == pid).findFirst().orElseThrow();
    victim.kill();
  }

  /** Each activation is of a version of its own, so that a step back shows. */
  private void activateNext(SegmentLine line) throws Exception {
    newest++;
    line.publish(newest);
    line.activate(newest);
  }
}
