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
      JobClient second = killed.submit(cluster::environment, 2);
      awaitScores(killed, 50);
      cluster.addTaskManager();
      feed(killed, FRAMES_PER_STREAM / 2, FRAMES_PER_STREAM);
      await("scores that are not committed")
          .until(
              () ->
                  scores(killed, IsolationLevel.READ_UNCOMMITTED)
                      > scores(killed, IsolationLevel.READ_COMMITTED));
      assertThat(cluster.rest().checkpoints(second.getJobID(), "completed")).isPositive();
      cluster.taskManagers().get(0).kill();

      // All may have been committed by then; what came after the last checkpoint is done again.
      await("the job restored")
          .until(() -> cluster.rest().checkpoints(second.getJobID(), "restored") > 0);
      awaitScores(killed, STREAMS * FRAMES_PER_STREAM);
      await("the undisturbed run's buffer")
          .untilAsserted(() -> assertThat(killed.buffer()).isEqualTo(expected));
      assertThat(scores(killed, IsolationLevel.READ_COMMITTED))
          .as("each label is scored once")
          .isEqualTo(STREAMS * FRAMES_PER_STREAM);
      second.cancel().get();
    }
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

  private static void awaitScores(LearnLine line, int count) {
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
