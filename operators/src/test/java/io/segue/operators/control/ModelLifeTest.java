package io.segue.operators.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.schemas.avro.Activation;
import io.segue.schemas.avro.Canary;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.Decision;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.Pin;
import io.segue.schemas.avro.Verdict;
import io.segue.schemas.avro.VersionStatusChange;
import io.segue.schemas.flow.ControlStatus;
import io.segue.schemas.flow.GateResult;
import io.segue.schemas.flow.TrainRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelLifeTest {
  @FunctionalInterface
  private interface Deed {
    void on(ModelLife life) throws Exception;
  }

  private final AllottedVersions versions = new AllottedVersions();
  private final List<ModelState> written = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private ControlStatus known = ControlStatus.newBuilder().build();
  private long now = Instant.parse("2026-05-01T00:00:00Z").toEpochMilli();

  private void happens(Deed deed) throws Exception {
    ModelLife life = new ModelLife("road", known, versions, 3, now);
    deed.on(life);
    life.activateDue();
    known = life.status();
    life.newState().ifPresent(written::add);
    life.events().forEach(event -> events.add(text(event)));
    life.events().forEach(event -> reasons.add(event.getReason()));
  }

  private static String text(ModelEvent event) {
    return event.getEvent() instanceof VersionStatusChange change
        ? event.getVersion() + " " + change.getStatus()
        : event.getVersion() + " " + event.getEvent().getClass().getSimpleName();
  }

  private void command(String id, ControlAction action, Long version) throws Exception {
    command(id, action, version, Map.of());
  }

  private void command(String id, ControlAction action, Long version, Map<String, String> arguments)
      throws Exception {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId(id)
            .setAction(action)
            .setModel("road")
            .setVersion(version)
            .setArguments(arguments)
            .setRequestedAt(Instant.EPOCH)
            .build();
    happens(life -> life.carryOut(command));
  }

  private void verdict(String candidate, Decision decision, long rival) throws Exception {
    TrainRequest request =
        TrainRequest.newBuilder()
            .setRequestId("r")
            .setModel("road")
            .setParentVersion(1)
            .setTraining(List.of())
            .setHoldout(List.of())
            .setReason("20 new labels")
            .setRequestedAt(0)
            .build();
    GateResult result =
        GateResult.newBuilder()
            .setRequest(request)
            .setVerdict(new Verdict(candidate, "holdout/miou", 0.5, 0.6, decision))
            .setReason("why")
            .setLiveVersion(rival)
            .setJudgedAt(1)
            .build();
    happens(life -> life.decide(result));
  }

  private ModelState last() {
    return written.get(written.size() - 1);
  }

  @Test
  void theFirstActivationBeginsTheState() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);

    assertThat(last())
        .returns(1L, ModelState::getRevision)
        .returns(1L, ModelState::getLive)
        .returns(null, ModelState::getPrevious);
    assertThat(events).containsExactly("1 LIVE");
  }

  @Test
  void aBlessedCandidateIsPublishedUnderTheNextNumberAndGoesLive() throws Exception {
    command("a", ControlAction.ACTIVATE, 2L);
    verdict("third", Decision.BLESS, 2);

    assertThat(versions.candidates).containsEntry(3L, "third");
    assertThat(last())
        .returns(2L, ModelState::getRevision)
        .returns(3L, ModelState::getLive)
        .returns(2L, ModelState::getPrevious);
    assertThat(events)
        .containsExactly("2 LIVE", "0 CANDIDATE", "3 Verdict", "3 BLESSED", "2 BLESSED", "3 LIVE");
    assertThat(reasons).contains("replaced by version 3");
  }

  @Test
  void aVerdictThatComesTwiceCountsOnce() throws Exception {
    command("a", ControlAction.ACTIVATE, 2L);
    verdict("third", Decision.BLESS, 2);
    verdict("third", Decision.BLESS, 2);

    assertThat(versions.candidates).hasSize(3);
    assertThat(written).hasSize(2);
  }

  @Test
  void aRejectedCandidateGetsNoVersionAndChangesNothing() throws Exception {
    command("a", ControlAction.ACTIVATE, 2L);
    verdict("third", Decision.REJECT, 2);

    assertThat(versions.candidates).hasSize(2);
    assertThat(written).hasSize(1);
    assertThat(events).endsWith("0 CANDIDATE", "0 Verdict", "0 REJECTED");
  }

  @Test
  void aCandidateComparedWithAVersionThatIsNoLongerLiveDoesNotGoLive() throws Exception {
    command("a", ControlAction.ACTIVATE, 2L);
    verdict("third", Decision.BLESS, 1);

    assertThat(last().getLive()).isEqualTo(2L);
    assertThat(events).endsWith("3 BLESSED");
  }

  @Test
  void rollsBackToThePreviousVersion() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.ACTIVATE, 2L);
    command("c", ControlAction.ROLLBACK, null);

    assertThat(last())
        .returns(3L, ModelState::getRevision)
        .returns(1L, ModelState::getLive)
        .returns(null, ModelState::getPrevious);
    assertThat(events).endsWith("2 ROLLED_BACK", "1 LIVE");
  }

  @Test
  void aCommandThatComesTwiceIsCarriedOutOnce() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.ACTIVATE, 2L);
    command("c", ControlAction.ROLLBACK, null);
    command("c", ControlAction.ROLLBACK, null);

    assertThat(written).hasSize(3);
  }

  @Test
  void pinsAndUnpins() throws Exception {
    command("a", ControlAction.ACTIVATE, 2L);
    command("b", ControlAction.PIN, 1L, Map.of("match", "cam-*"));
    assertThat(last().getPins()).containsExactly(new Pin("cam-*", 1L));

    command("c", ControlAction.UNPIN, null, Map.of("match", "cam-*"));
    assertThat(last().getPins()).isEmpty();
  }

  @Test
  void refusesWhatCannotBeDone() throws Exception {
    assertThatThrownBy(() -> command("a", ControlAction.ROLLBACK, null))
        .hasMessageContaining("no version was activated yet");
    command("b", ControlAction.ACTIVATE, 1L);
    assertThatThrownBy(() -> command("c", ControlAction.ACTIVATE, 9L))
        .hasMessageContaining("version 9 is not in the registry");
    assertThatThrownBy(() -> command("d", ControlAction.RETIRE, 1L))
        .hasMessageContaining("version 1 is live");
    assertThatThrownBy(() -> command("e", ControlAction.PIN, 1L))
        .hasMessageContaining("argument 'match' is missing");
    command("f", ControlAction.RETIRE, 2L);
    assertThatThrownBy(() -> command("g", ControlAction.ACTIVATE, 2L))
        .hasMessageContaining("version 2 is retired");
    assertThat(written).hasSize(1);
  }

  @Test
  void takesOverAStateThatWasWrittenBefore() throws Exception {
    ModelState earlier =
        ModelState.newBuilder()
            .setModel("road")
            .setRevision(7)
            .setLive(2)
            .setUpdatedAt(Instant.EPOCH)
            .setReason("before")
            .build();
    happens(life -> life.adopt(earlier));
    command("a", ControlAction.ACTIVATE, 1L);

    assertThat(last()).returns(8L, ModelState::getRevision).returns(2L, ModelState::getPrevious);
  }

  @Test
  void aCanaryGrowsOnTheSameStreamsAndEnds() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.CANARY, 2L, Map.of("share", "0.1"));
    assertThat(last().getCanary()).isEqualTo(new Canary(2L, 0.1, "b"));

    command("c", ControlAction.CANARY, 2L, Map.of("share", "0.5"));
    assertThat(last().getCanary()).isEqualTo(new Canary(2L, 0.5, "b"));

    command("d", ControlAction.CANARY, null);
    assertThat(last().getCanary()).isNull();
  }

  @Test
  void aCanaryOrShadowThatGoesLiveIsNeitherAnyMore() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.CANARY, 2L, Map.of("share", "1"));
    command("c", ControlAction.SHADOW, 2L);
    command("d", ControlAction.ACTIVATE, 2L);

    assertThat(last())
        .returns(2L, ModelState::getLive)
        .returns(null, ModelState::getCanary)
        .returns(null, ModelState::getShadow);
  }

  @Test
  void aShadowBeginsAndEnds() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.SHADOW, 2L);
    assertThat(last().getShadow()).isEqualTo(2L);

    command("c", ControlAction.SHADOW, null);
    assertThat(last().getShadow()).isNull();
  }

  @Test
  void aTimedActivationWaitsInTheTableUntilAnotherVersionIsMadeLiveAtOnce() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.ACTIVATE, 2L, Map.of("activateAt", "2026-05-01T06:00:00Z"));
    assertThat(last().getLive()).isEqualTo(1L);
    assertThat(last().getActivations())
        .containsExactly(new Activation(2L, Instant.parse("2026-05-01T06:00:00Z")));
    assertThat(events).containsExactly("1 LIVE", "2 BLESSED");

    command("c", ControlAction.ROLLBACK, 2L);
    assertThat(last().getActivations()).isEmpty();
  }

  @Test
  void refusesMoreVersionsThanAProcessHolds() throws Exception {
    versions.candidates.put(3L, "third");
    versions.candidates.put(4L, "fourth");
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.ACTIVATE, 2L);
    command("c", ControlAction.SHADOW, 3L);

    assertThatThrownBy(() -> command("d", ControlAction.PIN, 4L, Map.of("match", "cam-1")))
        .hasMessageContaining("versions [1, 2, 3, 4], segment.serving.max_versions is 3")
        .hasMessageContaining("end the shadow (version 3), or raise the limit");
    assertThatThrownBy(() -> command("e", ControlAction.CANARY, 4L, Map.of("share", "2")))
        .hasMessageContaining("argument 'share' is '2'");
    assertThatThrownBy(() -> command("f", ControlAction.RETIRE, 3L))
        .hasMessageContaining("version 3 is live, previous, pinned, canary, shadow");
  }

  @Test
  void rollsBackOnlyTheVersionThatWasFoundWanting() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.ACTIVATE, 2L);

    assertThatThrownBy(() -> command("c", ControlAction.ROLLBACK, null, Map.of("from", "1")))
        .hasMessageContaining("version 1 is no longer live, 2 is");
    command("d", ControlAction.ROLLBACK, null, Map.of("from", "2"));
    assertThat(last().getLive()).isEqualTo(1L);
  }

  @Test
  void refusesToGoLiveWhereAProcessHasNoRoom() throws Exception {
    versions.candidates.put(3L, "third");
    versions.candidates.put(4L, "fourth");
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.ACTIVATE, 2L);
    command("c", ControlAction.PIN, 1L, Map.of("match", "cam-1"));
    command("d", ControlAction.CANARY, 3L, Map.of("share", "0.5"));

    assertThatThrownBy(() -> command("e", ControlAction.ACTIVATE, 4L))
        .hasMessageContaining("versions [1, 2, 3, 4], segment.serving.max_versions is 3")
        .hasMessageContaining("UNPIN 'cam-1' (version 1), or end the canary (version 3)");
    verdict("fifth", Decision.BLESS, 2);
    assertThat(last().getLive()).isEqualTo(2L);
    assertThat(events).endsWith("5 BLESSED");
    assertThat(reasons.get(reasons.size() - 1))
        .startsWith("why; it does not go live: ")
        .contains("versions [1, 2, 3, 5]", "UNPIN 'cam-1' (version 1)");

    command("f", ControlAction.UNPIN, null, Map.of("match", "cam-1"));
    command("g", ControlAction.ACTIVATE, 5L);
    assertThat(last().getLive()).isEqualTo(5L);
  }

  @Test
  void refusesAVersionOfAnotherTaxonomyWhereverItWouldServe() throws Exception {
    versions.publishOther(3L, "rooms");
    command("a", ControlAction.ACTIVATE, 1L);

    Map<ControlAction, Map<String, String>> services =
        Map.of(
            ControlAction.ACTIVATE, Map.of(),
            ControlAction.ROLLBACK, Map.of(),
            ControlAction.PIN, Map.of("match", "cam-1"),
            ControlAction.CANARY, Map.of("share", "0.5"),
            ControlAction.SHADOW, Map.of());
    services.forEach(
        (action, arguments) ->
            assertThatThrownBy(() -> command("b", action, 3L, arguments))
                .as(action.name())
                .hasMessageContaining("version 3 has taxonomy 'rooms' version 1 with 2 classes")
                .hasMessageContaining("the live version has 'streets' version 1"));
    assertThatThrownBy(
            () ->
                command(
                    "c", ControlAction.ACTIVATE, 3L, Map.of("activateAt", "2026-05-01T06:00:00Z")))
        .hasMessageContaining("'rooms'");
    command("d", ControlAction.RETIRE, 3L);
    assertThat(events).endsWith("3 RETIRED");
  }

  @Test
  void refusesARetiredVersionWhereverItWouldServe() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.RETIRE, 2L);
    assertThat(events).containsExactly("1 LIVE", "2 RETIRED");

    Map<ControlAction, Map<String, String>> services =
        Map.of(
            ControlAction.ROLLBACK, Map.of(),
            ControlAction.PIN, Map.of("match", "cam-1"),
            ControlAction.CANARY, Map.of("share", "0.5"),
            ControlAction.SHADOW, Map.of());
    services.forEach(
        (action, arguments) ->
            assertThatThrownBy(() -> command("c", action, 2L, arguments))
                .as(action.name())
                .hasMessageContaining("version 2 is retired"));
  }

  @Test
  void refusesWhatThisReleaseDoesNotCarryOut() {
    assertThatThrownBy(() -> command("a", ControlAction.REPLAY, null))
        .hasMessageContaining("this release does not carry it out");
  }

  @Test
  void aTimedActivationWhoseTimeHasComeIsLiveAndEarlierFramesKeepTheVersionBefore()
      throws Exception {
    Instant six = Instant.parse("2026-05-01T06:00:00Z");
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.ACTIVATE, 2L, Map.of("activateAt", six.toString()));
    now = six.toEpochMilli() - 1;
    happens(life -> {});
    assertThat(last().getLive()).isEqualTo(1L);

    now++;
    happens(life -> {});
    assertThat(last())
        .returns(3L, ModelState::getRevision)
        .returns(2L, ModelState::getLive)
        .returns(1L, ModelState::getPrevious)
        .returns(
            List.of(new Activation(1L, Instant.EPOCH), new Activation(2L, six)),
            ModelState::getActivations);
    assertThat(events).containsExactly("1 LIVE", "2 BLESSED", "1 BLESSED", "2 LIVE");
    happens(life -> {});
    assertThat(written).hasSize(3);

    command("c", ControlAction.ROLLBACK, null, Map.of("from", "2"));
    assertThat(last())
        .returns(1L, ModelState::getLive)
        .returns(List.of(), ModelState::getActivations);
  }

  @Test
  void pastActivationsNameNoMoreThanTheLiveAndThePreviousVersion() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);
    for (long version = 2; version <= 6; version++) {
      versions.candidates.put(version, "v" + version);
      Instant at = Instant.ofEpochMilli(now).plusSeconds(3600);
      command("b" + version, ControlAction.ACTIVATE, version, Map.of("activateAt", at.toString()));
      now = at.toEpochMilli();
      happens(life -> {});
      assertThat(last())
          .returns(version, ModelState::getLive)
          .returns(version - 1, ModelState::getPrevious)
          .returns(
              List.of(new Activation(version - 1, Instant.EPOCH), new Activation(version, at)),
              ModelState::getActivations);
    }
  }

  @Test
  void severalActivationsThatAreDueTakeTheirTurns() throws Exception {
    versions.candidates.put(3L, "third");
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.ACTIVATE, 3L, Map.of("activateAt", "2026-05-01T07:00:00Z"));
    command("c", ControlAction.ACTIVATE, 2L, Map.of("activateAt", "2026-05-01T06:00:00Z"));
    now = Instant.parse("2026-05-02T00:00:00Z").toEpochMilli();
    happens(life -> {});

    assertThat(last()).returns(3L, ModelState::getLive).returns(2L, ModelState::getPrevious);
    assertThat(events).endsWith("1 BLESSED", "2 LIVE", "2 BLESSED", "3 LIVE");
  }

  @Test
  void theVersionBeforeCanBePlannedAgain() throws Exception {
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.ACTIVATE, 2L, Map.of("activateAt", "2026-04-30T23:00:00Z"));
    assertThat(last().getLive()).as("a time that has passed counts at once").isEqualTo(2L);

    command("c", ControlAction.ACTIVATE, 1L, Map.of("activateAt", "2026-05-01T06:00:00Z"));
    assertThat(last().getActivations())
        .containsExactly(new Activation(1L, Instant.parse("2026-05-01T06:00:00Z")));
    now = Instant.parse("2026-05-01T06:00:00Z").toEpochMilli();
    happens(life -> {});
    assertThat(last()).returns(1L, ModelState::getLive).returns(2L, ModelState::getPrevious);
  }

  @Test
  void refusesATimeThatWouldGoBehindTheLiveVersionOrOutOfRange() throws Exception {
    versions.candidates.put(3L, "third");
    command("a", ControlAction.ACTIVATE, 1L);
    command("b", ControlAction.ACTIVATE, 2L, Map.of("activateAt", "2026-04-30T23:00:00Z"));

    assertThatThrownBy(
            () ->
                command(
                    "c", ControlAction.ACTIVATE, 3L, Map.of("activateAt", "2026-04-30T22:00:00Z")))
        .hasMessageContaining("version 2 serves the frames captured from 2026-04-30T23:00:00Z on");
    assertThatThrownBy(
            () ->
                command(
                    "d", ControlAction.ACTIVATE, 2L, Map.of("activateAt", "2026-05-30T22:00:00Z")))
        .hasMessageContaining("version 2 is live");
    for (String absurd : List.of("1970-01-01T00:00:00Z", "+999999999-01-01T00:00:00Z", "soon")) {
      assertThatThrownBy(
              () -> command("e", ControlAction.ACTIVATE, 3L, Map.of("activateAt", absurd)))
          .hasMessageContaining("argument 'activateAt' is '" + absurd);
    }
  }
}
