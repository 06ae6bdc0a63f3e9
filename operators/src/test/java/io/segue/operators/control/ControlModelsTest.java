package io.segue.operators.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.operators.record.SideOutputs;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.ModelSignal;
import io.segue.schemas.flow.ReceivedCommand;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlModelsTest {
  private static final Instant SIX = Instant.parse("2026-05-01T06:00:00Z");

  private KeyedOneInputStreamOperatorTestHarness<String, ModelSignal, ModelState> harness;

  @BeforeEach
  void open() throws Exception {
    harness = harness();
    harness.open();
    harness.setProcessingTime(SIX.toEpochMilli() - 1000);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, ModelSignal, ModelState> harness()
      throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new ControlModels(new AllottedVersions(), List.of(), 3)),
        ModelSignal::getModel,
        Types.STRING);
  }

  private void activate(long version, Map<String, String> arguments) throws Exception {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId("activate-" + version)
            .setAction(ControlAction.ACTIVATE)
            .setModel("road")
            .setVersion(version)
            .setArguments(arguments)
            .setRequestedAt(Instant.EPOCH)
            .build();
    ConsumedRecord record =
        ConsumedRecord.newBuilder()
            .setTopic("control")
            .setPartition(0)
            .setOffset(0)
            .setTimestamp(0)
            .build();
    harness.processElement(new ModelSignal("road", new ReceivedCommand(command, record)), 0);
  }

  private ModelState last() {
    List<ModelState> states = harness.extractOutputValues();
    return states.get(states.size() - 1);
  }

  @Test
  void makesATimedActivationLiveAtItsTime() throws Exception {
    activate(1, Map.of());
    activate(2, Map.of("activateAt", SIX.toString()));
    harness.setProcessingTime(SIX.toEpochMilli() - 1);
    assertThat(last().getLive()).isEqualTo(1L);

    harness.setProcessingTime(SIX.toEpochMilli());
    assertThat(last()).returns(2L, ModelState::getLive).returns(1L, ModelState::getPrevious);
    assertThat(harness.getSideOutput(SideOutputs.MODEL_EVENTS)).hasSize(4);
  }

  @Test
  void makesATimedActivationLiveAfterARestoreThatCameLate() throws Exception {
    activate(1, Map.of());
    activate(2, Map.of("activateAt", SIX.toString()));
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();

    harness = harness();
    harness.initializeState(snapshot);
    harness.open();
    harness.setProcessingTime(SIX.plusSeconds(60).toEpochMilli());
    assertThat(last().getLive()).isEqualTo(2L);
  }
}
