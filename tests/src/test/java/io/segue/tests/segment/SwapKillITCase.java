package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.job.SegmentJob;
import io.segue.schemas.avro.Mask;
import io.segue.tests.cluster.FlinkProcesses;
import io.segue.tests.cluster.JavaProcess;
import io.segue.tests.segment.PhaseLoader.Phase;
import io.segue.tests.stream.FrameFeeder;
import io.segue.tests.stream.StreamOutcomes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the process that is in the middle of replacing a version: while it loads, verifies, warms,
 * switches or releases one. A kill counts only if frames were in flight and masks were rolled back;
 * it is repeated where it does not. One kill in each phase, or N with {@code -Dsegue.kill.seeds=N},
 * each at another moment of the stream.
 */
class SwapKillITCase {
  private static final int SEEDS = Integer.getInteger("segue.kill.seeds", 1);
  private static final int STREAMS = 4;
  private static final int VERSIONS = 3;
  private static final int BURST = 120;
  private static final int MOST_WAITING = 4 * BURST;
  private static final long CHECKPOINT_MILLIS = 3000;
  private static final int ATTEMPTS = 4;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private final List<Long> activated = new ArrayList<>(List.of(1L));
  private final byte[][] pictures = new byte[4][];
  private long sequence;

  @Test
  void aKillInAnyPhaseOfASwapLosesRepeatsAndReordersNothing() throws Exception {
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = SegmentLine.jpeg(160, 120, i);
    }
    Path phases = folder.resolve("phases");
    try (SegmentLine line = SegmentLine.start(folder, VERSIONS);
        FlinkProcesses cluster = FlinkProcesses.start(folder.resolve("cluster"), 1, 2, Map.of());
        FrameFeeder feeder = line.feeder()) {
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
        feed(feeder);
        committed(line, feeder);
        for (int seed = 0; seed < SEEDS; seed++) {
          for (Phase phase : Phase.values()) {
            killIn(phase, new Random(seed), phases, line, cluster, feeder);
          }
        }
        StreamOutcomes outcomes = line.outcomes(IsolationLevel.READ_COMMITTED);
        outcomes.assertEachExactlyOnce(feeder.sent()).assertInOrder().assertCutOversAgree();
        assertVersionsNeverGoBack(outcomes.masks());
      } finally {
        job.cancel().get();
      }
    }
  }

  /** Kills in a phase until a kill has rolled masks back. */
  private void killIn(
      Phase phase,
      Random random,
      Path phases,
      SegmentLine line,
      FlinkProcesses cluster,
      FrameFeeder feeder)
      throws Exception {
    int rolledBack = 0;
    for (int attempt = 0; rolledBack == 0 && attempt < ATTEMPTS; attempt++) {
      int before = open(line);
      killOnce(phase, random, phases, line, cluster, feeder);
      feed(feeder);
      committed(line, feeder);
      rolledBack = open(line) - before;
      System.out.println(
          "killed while %s: %d masks rolled back, %d frames sent"
              .formatted(phase, rolledBack, feeder.sent().size()));
    }
    assertThat(rolledBack).as("masks rolled back by a kill while %s", phase).isPositive();
  }

  private void killOnce(
      Phase phase,
      Random random,
      Path phases,
      SegmentLine line,
      FlinkProcesses cluster,
      FrameFeeder feeder)
      throws Exception {
    cluster.addTaskManager();
    cluster.awaitTaskManagers(2);
    PhaseLoader.arm(phases, phase);
    long next = 1 + activated.get(activated.size() - 1) % VERSIONS;
    activated.add(next);
    line.activate(next);
    await(phase + " is reached")
        .until(
            () -> {
              if (feeder.sent().size() - line.countOutcomes(IsolationLevel.READ_UNCOMMITTED)
                  < MOST_WAITING) {
                feed(feeder);
              }
              return Files.exists(PhaseLoader.hit(phases));
            });
    Thread.sleep(random.nextInt(100));
    long pid = Long.parseLong(Files.readString(PhaseLoader.hit(phases)));
    JavaProcess victim =
        cluster.taskManagers().stream().filter(it -> it.pid() == pid).findFirst().orElseThrow();
    victim.kill();
    assertThat(line.countOutcomes(IsolationLevel.READ_COMMITTED))
        .as("frames in flight when killed while %s", phase)
        .isLessThan(feeder.sent().size());
  }

  /**
   * Masks that are visible only to a reader of everything: once every frame has its committed
   * outcome, those that were rolled back.
   */
  private static int open(SegmentLine line) {
    return line.countOutcomes(IsolationLevel.READ_UNCOMMITTED)
        - line.countOutcomes(IsolationLevel.READ_COMMITTED);
  }

  private void feed(FrameFeeder feeder) {
    for (int i = 0; i < BURST / STREAMS; i++, sequence++) {
      for (int stream = 0; stream < STREAMS; stream++) {
        feeder.send("camera-" + stream, 1, sequence, pictures[(int) (sequence % pictures.length)]);
      }
    }
    feeder.flush();
  }

  private static void committed(SegmentLine line, FrameFeeder feeder) {
    await("every outcome committed")
        .until(() -> line.countOutcomes(IsolationLevel.READ_COMMITTED) >= feeder.sent().size());
  }

  /** The versions of each stream follow the order in which they were activated. */
  private void assertVersionsNeverGoBack(List<Mask> masks) {
    Map<String, Integer> places = new HashMap<>();
    for (Mask mask : masks) {
      String stream = mask.getId().getStreamId();
      int place = places.getOrDefault(stream, 0);
      while (place < activated.size() && activated.get(place) != mask.getVersion()) {
        place++;
      }
      assertThat(place)
          .as("version %d of %s after %s", mask.getVersion(), mask.getId(), activated)
          .isLessThan(activated.size());
      places.put(stream, place);
    }
  }

  private static ConditionFactory await(String what) {
    return Awaitility.await(what)
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(250))
        .ignoreExceptions();
  }
}
