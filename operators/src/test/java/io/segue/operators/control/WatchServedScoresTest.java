package io.segue.operators.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.ControlStatus;
import io.segue.schemas.flow.ModelSignal;
import io.segue.schemas.flow.ReceivedCommand;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The watch with control behind it, which carries out what the test commands and the watch does.
 */
class WatchServedScoresTest {
  private final AllottedVersions versions = new AllottedVersions();
  private ControlStatus known = ControlStatus.newBuilder().build();
  private KeyedTwoInputStreamOperatorTestHarness<String, Metric, ModelSignal, ModelSignal> harness;
  private int commanded;

  @BeforeEach
  void open() throws Exception {
    versions.candidates.put(3L, "third");
    watch(List.of());
  }

  private void watch(List<ModelState> written) throws Exception {
    harness =
        ProcessFunctionTestHarnesses.forKeyedCoProcessFunction(
            new WatchServedScores(0.1, 3, written),
            Metric::getModel,
            ModelSignal::getModel,
            Types.STRING);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private void command(ControlAction action, Long version, Map<String, String> arguments)
      throws Exception {
    carryOut(
        ControlCommand.newBuilder()
            .setCommandId("test-" + commanded++)
            .setAction(action)
            .setModel("road")
            .setVersion(version)
            .setArguments(arguments)
            .setRequestedAt(Instant.EPOCH)
            .build());
  }

  private void activate(long version) throws Exception {
    command(ControlAction.ACTIVATE, version, Map.of());
  }

  private void carryOut(ControlCommand command) throws Exception {
    ModelLife life = new ModelLife("road", known, versions, 3, 99);
    life.carryOut(command);
    known = life.status();
    if (life.newState().isPresent()) {
      harness.processElement2(new ModelSignal("road", life.newState().get()), 0);
    }
  }

  /** Scores frames of a version; of 10 pixels in two equal classes so many are right. */
  private void score(long version, int frames, long rightOfFive) throws Exception {
    for (int i = 0; i < frames; i++) {
      harness.processElement1(
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

  private ControlCommand lastCommand() {
    return commands().get(commands().size() - 1);
  }

  @Test
  void rollsBackALiveVersionThatFallsShortOfThePreviousOne() throws Exception {
    activate(1);
    score(1, 3, 5);
    activate(2);
    score(2, 3, 3);

    assertThat(commands())
        .singleElement()
        .returns(ControlAction.ROLLBACK, ControlCommand::getAction)
        .returns(null, ControlCommand::getVersion)
        .returns("2", command -> command.getArguments().get("from"));
    score(2, 5, 1);
    assertThat(commands()).as("once for each version").hasSize(1);
  }

  @Test
  void aVersionThatWasRolledBackIsNoYardstickAndNoTarget() throws Exception {
    activate(1);
    score(1, 3, 5);
    activate(2);
    score(2, 3, 2);
    carryOut(lastCommand());
    activate(3);
    score(3, 3, 2);

    assertThat(commands()).hasSize(2);
    assertThat(lastCommand().getRequestedBy()).contains("below version 1");
    carryOut(lastCommand());
    assertThat(known.getState().getLive()).isEqualTo(1L);
  }

  @Test
  void endsABadCanaryAndStillJudgesItOnceItIsLive() throws Exception {
    activate(1);
    score(1, 3, 5);
    command(ControlAction.CANARY, 3L, Map.of("share", "0.5"));
    score(3, 3, 2);
    assertThat(commands())
        .singleElement()
        .returns(ControlAction.CANARY, ControlCommand::getAction)
        .returns(null, ControlCommand::getVersion);
    carryOut(lastCommand());
    assertThat(known.getState().getCanary()).isNull();

    activate(3);
    score(3, 3, 2);
    assertThat(commands()).hasSize(2);
    carryOut(lastCommand());
    assertThat(known.getState().getLive()).isEqualTo(1L);
  }

  @Test
  void aCanaryIsNoYardstickForTheNextLiveVersion() throws Exception {
    activate(1);
    score(1, 3, 4);
    command(ControlAction.CANARY, 2L, Map.of("share", "0.5"));
    score(2, 3, 5);
    activate(3);
    score(3, 3, 4);
    assertThat(commands()).as("3 is as good as 1, which it replaced").isEmpty();

    score(3, 3, 2);
    assertThat(commands())
        .singleElement()
        .returns("3", command -> command.getArguments().get("from"));
    carryOut(lastCommand());
    assertThat(known.getState().getLive()).isEqualTo(1L);
  }

  @Test
  void endsNoOtherCanaryThanTheOneJudged() throws Exception {
    activate(1);
    score(1, 3, 5);
    command(ControlAction.CANARY, 2L, Map.of("share", "0.5"));
    score(2, 3, 2);
    command(ControlAction.CANARY, 3L, Map.of("share", "0.5"));

    ControlCommand late = lastCommand();
    assertThatThrownBy(() -> carryOut(late))
        .hasMessageContaining("version 2 is no longer the canary, 3 is");
  }

  @Test
  void waitsForEnoughFramesOfBoth() throws Exception {
    activate(1);
    score(1, 2, 5);
    activate(2);
    score(2, 5, 1);
    assertThat(commands()).isEmpty();

    score(1, 1, 5);
    assertThat(commands()).as("a late label of the previous version completes it").hasSize(1);
  }

  @Test
  void leavesAVersionThatIsAsGood() throws Exception {
    activate(1);
    score(1, 3, 4);
    activate(2);
    score(2, 5, 4);
    activate(3);
    score(3, 5, 5);
    assertThat(commands()).isEmpty();
  }

  @Test
  void ignoresLateLabelsOfVersionsLongGone() throws Exception {
    activate(1);
    score(1, 3, 5);
    activate(2);
    score(2, 3, 5);
    activate(3);
    score(3, 2, 5);
    score(1, 3, 1);
    score(3, 3, 5);
    assertThat(commands()).isEmpty();
  }

  @Test
  void beginsWithTheStateThatWasWrittenBefore() throws Exception {
    activate(1);
    activate(2);
    close();
    watch(List.of(known.getState()));
    score(1, 3, 5);
    score(2, 3, 3);
    assertThat(commands()).hasSize(1);
  }
}
