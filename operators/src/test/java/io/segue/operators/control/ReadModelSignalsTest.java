package io.segue.operators.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.operators.record.SideOutputs;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.ModelSignal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadModelSignalsTest {
  @TempDir private Path registry;
  private OneInputStreamOperatorTestHarness<ConsumedRecord, ModelSignal> harness;

  @BeforeEach
  void open() throws Exception {
    harness =
        ProcessFunctionTestHarnesses.forProcessFunction(
            new ReadModelSignals(
                ReadModelSignals.Kind.COMMANDS,
                "road",
                new RegistryVersions(registry.toString(), "")));
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private void command(String model) throws Exception {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId("roll-back-" + model)
            .setAction(ControlAction.ROLLBACK)
            .setModel(model)
            .setArguments(Map.of())
            .setRequestedAt(Instant.EPOCH)
            .build();
    harness.processElement(
        ConsumedRecord.newBuilder()
            .setTopic("control")
            .setPartition(0)
            .setOffset(0)
            .setTimestamp(0)
            .setValue(ByteBuffer.wrap(AvroCodec.encode(command)))
            .build(),
        0);
  }

  @Test
  void leavesCommandsForOtherPublishedModelsToTheirOwnJobs() throws Exception {
    Path published = Files.createDirectories(registry.resolve("rail/1"));
    Files.createFile(published.resolve("manifest.json"));

    command("rail");
    command("road");

    assertThat(harness.extractOutputValues())
        .extracting(ModelSignal::getModel)
        .containsOnly("road");
    assertThat(harness.getSideOutput(SideOutputs.DEAD_LETTERS)).isNull();
  }

  @Test
  void refusesACommandForAModelThatNobodyHasPublished() throws Exception {
    command("../rail");

    assertThat(harness.extractOutputValues()).isEmpty();
    assertThat(harness.getSideOutput(SideOutputs.DEAD_LETTERS))
        .singleElement()
        .satisfies(
            letter -> {
              DeadLetter refused = letter.getValue();
              assertThat(refused.getCause()).isEqualTo(DeadLetterCause.INVALID_COMMAND);
              assertThat(refused.getMessage()).contains("'../rail'", "publish a version");
            });
  }
}
