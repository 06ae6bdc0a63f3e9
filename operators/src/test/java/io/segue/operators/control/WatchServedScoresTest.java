package io.segue.operators.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.flow.ModelSignal;
import io.segue.schemas.flow.ReceivedCommand;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchServedScoresTest {
  private KeyedOneInputStreamOperatorTestHarness<String, Metric, ModelSignal> harness;

  @BeforeEach
  void open() throws Exception {
    harness =
        ProcessFunctionTestHarnesses.forKeyedProcessFunction(
            new WatchServedScores(0.1, 3), Metric::getModel, Types.STRING);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  /** Scores frames of a version; of 10 pixels in two equal classes so many are right. */
  private void score(long version, int frames, long rightOfFive) throws Exception {
    for (int i = 0; i < frames; i++) {
      harness.processElement(
          Metric.newBuilder()
              .setName("served/miou")
              .setTime(Instant.EPOCH)
              .setValue(0)
              .setModel("road")
              .setVersion(version)
              .setCounts(List.of(rightOfFive, 5 - rightOfFive, 5 - rightOfFive, rightOfFive))
              .build(),
          0);
    }
  }

  private List<ControlCommand> commands() {
    return harness.extractOutputValues().stream()
        .map(signal -> ((ReceivedCommand) signal.getSignal()).getCommand())
        .toList();
  }

  @Test
  void rollsBackAVersionThatFallsShortOfTheOneBefore() throws Exception {
    score(1, 3, 5);
    score(2, 3, 3);

    assertThat(commands())
        .singleElement()
        .returns(ControlAction.ROLLBACK, ControlCommand::getAction)
        .returns(1L, ControlCommand::getVersion)
        .returns("2", command -> command.getArguments().get("from"));
    score(2, 5, 1);
    assertThat(commands()).as("once for each version").hasSize(1);
  }

  @Test
  void waitsForEnoughFramesOfBoth() throws Exception {
    score(1, 2, 5);
    score(2, 5, 1);
    assertThat(commands()).isEmpty();

    score(1, 1, 5);
    assertThat(commands()).as("a late label of the version before completes it").hasSize(1);
  }

  @Test
  void leavesAVersionThatIsAsGood() throws Exception {
    score(1, 3, 4);
    score(2, 5, 4);
    score(3, 5, 5);
    assertThat(commands()).isEmpty();
  }

  @Test
  void ignoresLateLabelsOfVersionsLongGone() throws Exception {
    score(1, 3, 5);
    score(2, 3, 5);
    score(3, 2, 5);
    score(1, 3, 1);
    score(3, 3, 5);
    assertThat(commands()).isEmpty();
  }

  @Test
  void comparesWithTheVersionDirectlyBefore() throws Exception {
    score(1, 3, 5);
    score(2, 3, 5);
    score(3, 3, 2);
    assertThat(commands()).singleElement().returns(2L, ControlCommand::getVersion);
  }
}
