package io.segue.operators.train;

import static io.segue.operators.record.Samples.manifest;
import static io.segue.operators.record.Samples.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.segue.operators.record.SideOutputs;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.ModelSignal;
import io.segue.schemas.flow.ReceivedCommand;
import io.segue.schemas.flow.TrainRequest;
import java.time.Instant;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainCoordinatorTest {
  private KeyedOneInputStreamOperatorTestHarness<String, ModelSignal, TrainRequest> coordinator;

  @BeforeEach
  void open() throws Exception {
    coordinator = harness();
    coordinator.open();
  }

  @AfterEach
  void close() throws Exception {
    coordinator.close();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, ModelSignal, TrainRequest> harness()
      throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new TrainCoordinator(new TriggerOptions(10, 3), 2)),
        ModelSignal::getModel,
        Types.STRING);
  }

  private void signal(Object signal) throws Exception {
    coordinator.processElement(new ModelSignal("road", signal), 0);
  }

  private static ModelState live(long version) {
    return ModelState.newBuilder()
        .setModel("road")
        .setRevision(version)
        .setLive(version)
        .setUpdatedAt(Instant.EPOCH)
        .setReason("test")
        .build();
  }

  private static ReceivedCommand train(String id) {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId(id)
            .setAction(ControlAction.TRAIN)
            .setModel("road")
            .setRequestedAt(Instant.EPOCH)
            .build();
    return new ReceivedCommand(command, record("control", "road", new byte[0]));
  }

  @Test
  void asksOnceForSoManyNewLabelsWithTheNewestManifestOfEachShard() throws Exception {
    signal(live(4));
    signal(manifest("training", 0, 5, 6));
    signal(manifest("holdout", 0, 2, 100));
    signal(manifest("training", 1, 2, 3));
    assertThat(coordinator.extractOutputValues()).isEmpty();
    signal(manifest("training", 1, 3, 4));
    signal(manifest("training", 1, 4, 5));

    assertThat(coordinator.extractOutputValues()).hasSize(1);
    TrainRequest request = coordinator.extractOutputValues().get(0);
    assertThat(request.getParentVersion()).isEqualTo(4);
    assertThat(request.getTraining())
        .containsExactly(manifest("training", 0, 5, 6), manifest("training", 1, 3, 4));
    assertThat(request.getHoldout()).containsExactly(manifest("holdout", 0, 2, 100));
    assertThat(coordinator.getSideOutput(SideOutputs.MODEL_EVENTS)).hasSize(1);
  }

  @Test
  void waitsUntilTheHoldoutCanJudge() throws Exception {
    signal(live(1));
    signal(manifest("training", 0, 50, 50));
    signal(manifest("holdout", 0, 1, 1));
    assertThat(coordinator.extractOutputValues()).isEmpty();
    signal(manifest("holdout", 1, 1, 1));

    assertThat(coordinator.extractOutputValues())
        .extracting(request -> request.getHoldout().size())
        .containsExactly(2);
  }

  @Test
  void waitsUntilAVersionIsLive() throws Exception {
    signal(manifest("holdout", 0, 2, 2));
    signal(manifest("training", 0, 50, 50));
    assertThat(coordinator.extractOutputValues()).isEmpty();
    signal(live(1));

    assertThat(coordinator.extractOutputValues()).hasSize(1);
  }

  @Test
  void obeysATrainCommandOnce() throws Exception {
    signal(live(1));
    signal(manifest("training", 0, 2, 2));
    signal(train("now"));
    signal(train("now"));

    assertThat(coordinator.extractOutputValues())
        .extracting(TrainRequest::getReason)
        .containsExactly("command now");
  }

  @Test
  void numbersARepeatedRequestAsTheLostAttemptDid() throws Exception {
    signal(live(1));
    signal(manifest("holdout", 0, 2, 2));
    signal(manifest("training", 0, 5, 10));
    OperatorSubtaskState snapshot = coordinator.snapshot(1, 0);
    signal(manifest("training", 0, 5, 20));
    try (var restored = harness()) {
      restored.initializeState(snapshot);
      restored.open();
      restored.processElement(new ModelSignal("road", manifest("training", 0, 6, 21)), 0);

      assertThat(restored.extractOutputValues().get(0).getRequestId())
          .isEqualTo(coordinator.extractOutputValues().get(1).getRequestId())
          .isNotEqualTo(coordinator.extractOutputValues().get(0).getRequestId());
    }
  }
}
