package io.segue.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.schemas.avro.Canary;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.VersionStatus;
import io.segue.schemas.avro.VersionStatusChange;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ControlAnswerTest {
  private static final String PLACE = "segue.control-0-7";

  @Test
  void aStateWithTheCommandsIdIsItsResult() {
    ModelState state =
        ModelState.newBuilder()
            .setModel("road")
            .setRevision(4)
            .setLive(2)
            .setPrevious(1L)
            .setCanary(new Canary(3L, 0.1, "salt"))
            .setUpdatedAt(Instant.EPOCH)
            .setReason("command c-1 by anna")
            .build();

    assertThat(ControlAnswer.of(state, command("c-1", ControlAction.CANARY), PLACE))
        .hasValue(
            new ControlAnswer(
                false, "live 2, previous 1, canary 3 for 0.1 of the streams (revision 4)"));
    assertThat(ControlAnswer.of(state, command("c-2", ControlAction.CANARY), PLACE)).isEmpty();
  }

  @Test
  void aDeadLetterOfItsPlaceIsARefusal() {
    assertThat(ControlAnswer.of(letter(PLACE), command("c-1", ControlAction.PIN), PLACE))
        .hasValue(new ControlAnswer(true, "no such version"));
    assertThat(
            ControlAnswer.of(letter("segue.control-0-8"), command("c-1", ControlAction.PIN), PLACE))
        .isEmpty();
  }

  @Test
  void onlyARetirementIsAnsweredByAnEvent() {
    ModelEvent event =
        ModelEvent.newBuilder()
            .setModel("road")
            .setVersion(1)
            .setTime(Instant.EPOCH)
            .setReason("command c-1 by anna")
            .setEvent(new VersionStatusChange(VersionStatus.RETIRED, null))
            .build();

    assertThat(ControlAnswer.of(event, command("c-1", ControlAction.RETIRE), PLACE))
        .hasValue(new ControlAnswer(false, "version 1 is RETIRED"));
    assertThat(ControlAnswer.of(event, command("c-1", ControlAction.ACTIVATE), PLACE)).isEmpty();
  }

  private static DeadLetter letter(String id) {
    return DeadLetter.newBuilder()
        .setLetterId(id)
        .setTopic("segue.control")
        .setPartition(0)
        .setOffset(7)
        .setStage("control")
        .setCause(DeadLetterCause.INVALID_COMMAND)
        .setMessage("no such version")
        .setFailedAt(Instant.EPOCH)
        .build();
  }

  private static ControlCommand command(String id, ControlAction action) {
    return ControlCommand.newBuilder()
        .setCommandId(id)
        .setAction(action)
        .setModel("road")
        .setRequestedAt(Instant.EPOCH)
        .build();
  }
}
