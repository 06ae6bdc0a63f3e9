package io.segue.tests.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.kafka.EmbeddedBroker;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Metric;
import io.segue.tests.cluster.LocalEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Labels that cannot be used give one dead letter or drop each, and the others are scored. */
class BadLabelsITCase {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void eachBadLabelGivesOneDeadLetterAndTheOthersAreScored() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
        LocalEngine engine = LocalEngine.start(1)) {
      LearnLine line = new LearnLine(folder, broker, "labels", Duration.ofSeconds(3));
      FrameId wrongSize = LabelledInput.id("camera", 0);
      FrameId outsideTaxonomy = LabelledInput.id("camera", 1);
      FrameId twice = LabelledInput.id("camera", 2);
      FrameId early = LabelledInput.id("camera", 3);
      FrameId unknown = LabelledInput.id("camera", 99);
      JobClient job = line.submit(engine::environment, 1);
      try (LabelledInput input = line.input()) {
        for (FrameId id : List.of(wrongSize, outsideTaxonomy, twice)) {
          input.frame(id);
          input.mask(id);
        }
        input.label(wrongSize, 24, 16, new byte[24 * 16]);
        byte[] classes = LabelledInput.classes(outsideTaxonomy, 1);
        Arrays.fill(classes, 100, 130, (byte) 7);
        input.label(outsideTaxonomy, 48, 32, classes);
        input.label(unknown);
        input.label(twice);
        input.label(twice);
        input.label(early);
        input.flush();
        input.frame(early);
        input.mask(early);
        input.flush();

        Awaitility.await("three dead letters, two scores")
            .atMost(Duration.ofMinutes(3))
            .untilAsserted(
                () -> {
                  assertThat(letters(line)).hasSize(3);
                  assertThat(scored(line)).hasSize(2);
                });
        assertThat(cause(line, wrongSize)).isEqualTo(DeadLetterCause.LABEL_SIZE_MISMATCH);
        assertThat(cause(line, outsideTaxonomy)).isEqualTo(DeadLetterCause.LABEL_OUTSIDE_TAXONOMY);
        assertThat(cause(line, unknown)).isEqualTo(DeadLetterCause.UNKNOWN_FRAME);
        assertThat(scored(line)).containsExactlyInAnyOrder(twice, early);
        assertThat(letters(line))
            .allSatisfy(l -> assertThat(l.getTopic()).isEqualTo(line.topics().labels()));
      } finally {
        job.cancel().get();
      }
    }
  }

  private static DeadLetterCause cause(LearnLine line, FrameId id) {
    return letters(line).stream()
        .filter(letter -> id.equals(letter.getId()))
        .map(DeadLetter::getCause)
        .findFirst()
        .orElseThrow();
  }

  private static List<DeadLetter> letters(LearnLine line) {
    return line.reader()
        .values(line.topics().deadLetters(), IsolationLevel.READ_COMMITTED, DeadLetter.class);
  }

  private static List<FrameId> scored(LearnLine line) {
    return line
        .reader()
        .values(line.topics().metrics(), IsolationLevel.READ_COMMITTED, Metric.class)
        .stream()
        .filter(metric -> metric.getName().equals("served/miou") && metric.getId() != null)
        .map(Metric::getId)
        .toList();
  }
}
