package io.segue.tests.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.kafka.EmbeddedBroker;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Metric;
import io.segue.tests.cluster.FlinkProcesses;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * After a process of the job was destroyed, the replay buffer holds what an undisturbed run over
 * the same input holds. The run is void unless scores were rolled back.
 */
class ReplayKillITCase {

  private static final int STREAMS = 3;
  private static final int FRAMES_PER_STREAM = 100;
  private static final int FRAMES_PER_KILL = 10;
  private static final Duration LONG_ENOUGH_TO_KILL_IN = Duration.ofSeconds(3);
  private static final String SCORE = "served/miou";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void theBufferIsThatOfAnUndisturbedRun() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
        FlinkProcesses cluster = FlinkProcesses.start(folder.resolve("cluster"), 2, 1, Map.of())) {
      LearnLine undisturbed = new LearnLine(folder, broker, "undisturbed", Duration.ofMinutes(2));
      feed(undisturbed, 0, FRAMES_PER_STREAM);
      JobClient first = undisturbed.submit(cluster::environment, 1);
      awaitScores(undisturbed, STREAMS * FRAMES_PER_STREAM);
      Set<String> expected = awaitSteadyBuffer(undisturbed);
      first.cancel().get();
      assertThat(expected).hasSizeGreaterThan(120);

      LearnLine killed = new LearnLine(folder, broker, "killed", Duration.ofMinutes(2));
      feed(killed, 0, FRAMES_PER_STREAM / 2);
      JobClient second = killed.submit(cluster::environment, 2, LONG_ENOUGH_TO_KILL_IN);
      awaitScores(killed, STREAMS * FRAMES_PER_STREAM / 2);
      int fed = killUntilScoresAreRolledBack(killed, FRAMES_PER_STREAM / 2, cluster, second);
      feed(killed, fed, FRAMES_PER_STREAM);

      awaitScores(killed, STREAMS * FRAMES_PER_STREAM);
      await("the undisturbed run's buffer")
          .untilAsserted(() -> assertThat(killed.buffer()).isEqualTo(expected));
      assertThat(scores(killed, IsolationLevel.READ_COMMITTED))
          .as("each label is scored once")
          .isEqualTo(STREAMS * FRAMES_PER_STREAM);
      second.cancel().get();
    }
  }

  /**
   * Feeds a slice and kills, and once more where a checkpoint came in between and committed all.
   *
   * @return the sequence up to which frames are fed
   */
  private static int killUntilScoresAreRolledBack(
      LearnLine line, int from, FlinkProcesses cluster, JobClient job) throws Exception {
    int fed = from;
    long rolledBack = 0;
    for (int kill = 0; rolledBack == 0; kill++) {
      assertThat(fed).as("none of the kills rolled a score back").isLessThan(FRAMES_PER_STREAM);
      cluster.addTaskManager();
      feed(line, fed, fed + FRAMES_PER_KILL);
      fed += FRAMES_PER_KILL;
      long sent = (long) STREAMS * fed;
      await("scores that are not committed")
          .until(
              () -> {
                long committed = scores(line, IsolationLevel.READ_COMMITTED);
                return committed >= sent
                    || scores(line, IsolationLevel.READ_UNCOMMITTED) > committed;
              });
      assertThat(cluster.rest().checkpoints(job.getJobID(), "completed")).isPositive();
      long restored = cluster.rest().checkpoints(job.getJobID(), "restored");
      cluster.taskManagers().get(kill).kill();

      await("the job restored")
          .until(() -> cluster.rest().checkpoints(job.getJobID(), "restored") > restored);
      awaitScores(line, sent);
      rolledBack =
          scores(line, IsolationLevel.READ_UNCOMMITTED)
              - scores(line, IsolationLevel.READ_COMMITTED);
    }
    return fed;
  }

  /** Labels come after their frames, some out of order and some twice. */
  private static void feed(LearnLine line, int from, int to) throws Exception {
    try (LabelledInput input = line.input()) {
      List<FrameId> ids = new ArrayList<>();
      for (int sequence = from; sequence < to; sequence++) {
        for (int stream = 0; stream < STREAMS; stream++) {
          FrameId id = LabelledInput.id("camera-" + stream, sequence);
          input.frame(id);
          input.mask(id);
          ids.add(id);
        }
      }
      input.flush();
      Collections.shuffle(ids, new Random(from));
      ids.forEach(input::label);
      ids.subList(0, ids.size() / 4).forEach(input::label);
      input.flush();
    }
  }

  private static Set<String> awaitSteadyBuffer(LearnLine line) {
    List<Set<String>> seen = new ArrayList<>();
    await("a buffer that changes no more")
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              seen.add(line.buffer());
              int last = seen.size() - 1;
              return last >= 4
                  && !seen.get(last).isEmpty()
                  && seen.subList(last - 3, last).stream().allMatch(seen.get(last)::equals);
            });
    return seen.get(seen.size() - 1);
  }

  private static void awaitScores(LearnLine line, long count) {
    await(count + " scores").until(() -> scores(line, IsolationLevel.READ_COMMITTED) >= count);
  }

  private static long scores(LearnLine line, IsolationLevel isolation) {
    return line.reader().values(line.topics().metrics(), isolation, Metric.class).stream()
        .filter(metric -> metric.getName().equals(SCORE) && metric.getId() != null)
        .count();
  }

  private static ConditionFactory await(String what) {
    return Awaitility.await(what)
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(100));
  }
}
