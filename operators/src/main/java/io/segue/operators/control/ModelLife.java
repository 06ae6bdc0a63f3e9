package io.segue.operators.control;

import io.segue.operators.record.ModelEvents;
import io.segue.operators.record.RecentIds;
import io.segue.schemas.avro.Activation;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.Decision;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.Verdict;
import io.segue.schemas.avro.VersionStatus;
import io.segue.schemas.flow.ControlStatus;
import io.segue.schemas.flow.GateResult;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The life of one model's versions: what a verdict or a command does to its published state. Holds
 * a copy of what control knows; the caller stores {@link #status()} and sends on what came of it.
 */
final class ModelLife {
  private final String model;
  private final PublishedVersions versions;
  private final ServableVersions servable;
  private final VersionBound bound;
  private final StateEdits edits;
  private final long now;
  private final ControlStatus status;
  private final List<ModelEvent> events = new ArrayList<>();
  private boolean changed;

  /**
   * @param maxVersions of a model that one serving process holds
   */
  ModelLife(
      String model,
      @Nullable ControlStatus known,
      PublishedVersions versions,
      int maxVersions,
      long now) {
    this.model = model;
    this.versions = versions;
    this.now = now;
    this.status = ControlStatus.newBuilder(known == null ? empty() : known).build();
    this.servable = new ServableVersions(model, versions, status);
    this.bound = new VersionBound(maxVersions);
    this.edits = new StateEdits(servable, bound);
  }

  private static ControlStatus empty() {
    return ControlStatus.newBuilder().build();
  }

  ControlStatus status() {
    return status;
  }

  /** What happened, in order. */
  List<ModelEvent> events() {
    return events;
  }

  /** The state to be written, if it changed. */
  Optional<ModelState> newState() {
    return changed ? Optional.of(status.getState()) : Optional.empty();
  }

  /** Takes over a state that was written before this job had any. */
  void adopt(ModelState written) {
    ModelState own = status.getState();
    if (own == null || written.getRevision() > own.getRevision()) {
      status.setState(written);
      note(written.getLive(), VersionStatus.LIVE);
    }
  }

  /** Makes live what was to be activated by now. */
  void activateDue() {
    Optional<Activation> next = planned();
    while (next.isPresent() && next.get().getActivateAt().toEpochMilli() <= now) {
      begin(next.get());
      next = planned();
    }
  }

  private void begin(Activation due) {
    ModelState state = status.getState();
    List<Activation> table = ActivationTable.of(state).begin(state.getLive()).entries();
    goLive(
        activated(due.getVersion()).setActivations(table),
        "the time %s of its activation has come".formatted(due.getActivateAt()));
  }

  /** When {@link #activateDue()} has something to do next, in milliseconds since 1970. */
  OptionalLong nextActivation() {
    return planned().stream().mapToLong(next -> next.getActivateAt().toEpochMilli()).findFirst();
  }

  private Optional<Activation> planned() {
    return Optional.ofNullable(status.getState())
        .flatMap(state -> ActivationTable.of(state).next());
  }

  /**
   * Publishes a blessed candidate; it goes live if the live version is still the one that it was
   * compared with and nothing else is in the way, which its event would name.
   *
   * @return the version, or 0 for a candidate that was rejected; empty if it was decided before
   */
  Optional<Long> decide(GateResult result) throws IOException {
    Verdict verdict = result.getVerdict();
    String candidate = verdict.getCandidateId();
    if (status.getCandidates().containsKey(candidate)) {
      return Optional.empty();
    }
    event(0, VersionStatus.CANDIDATE, candidate, "trained: " + result.getRequest().getReason());
    if (verdict.getDecision() != Decision.BLESS) {
      remember(candidate, 0);
      events.add(ModelEvents.of(model, 0, verdict, result.getReason(), now));
      event(0, VersionStatus.REJECTED, candidate, result.getReason());
      return Optional.of(0L);
    }
    long version = versions.publish(result, highest());
    remember(candidate, version);
    events.add(ModelEvents.of(model, version, verdict, result.getReason(), now));
    ModelState.Builder next = activated(version);
    Optional<String> objection = objection(next, result);
    move(
        version,
        VersionStatus.BLESSED,
        candidate,
        result.getReason() + objection.map(why -> "; it does not go live: " + why).orElse(""));
    if (objection.isEmpty()) {
      goLive(next, result.getReason());
    }
    return Optional.of(version);
  }

  private Optional<String> objection(ModelState.Builder next, GateResult result)
      throws IOException {
    ModelState state = status.getState();
    if (state == null) {
      return servable.objection(next.getLive());
    }
    if (state.getLive() != result.getLiveVersion()) {
      return Optional.of(
          "it was compared with version %d, and %d is live"
              .formatted(result.getLiveVersion(), state.getLive()));
    }
    return servable.objection(next.getLive()).or(() -> bound.objection(state, next));
  }

  /** Carries out a command, once. */
  void carryOut(ControlCommand command) throws CommandRefusedException, IOException {
    if (status.getCommands().contains(command.getCommandId())) {
      return;
    }
    switch (command.getAction()) {
      case ACTIVATE -> activate(command);
      case ROLLBACK -> rollBack(command);
      case PIN -> write(edits.pin(stateFor(command), command), by(command));
      case UNPIN -> write(edits.unpin(stateFor(command), command), by(command));
      case CANARY -> write(edits.canary(stateFor(command), command), by(command));
      case SHADOW -> write(edits.shadow(stateFor(command), command), by(command));
      case RETIRE -> retire(command);
      case TRAIN -> {} // carried out by the train coordinator
      case UNKNOWN, ERASE, REPLAY ->
          throw CommandRefusedException.of(command, "this release does not carry it out");
    }
    status.setCommands(RecentIds.with(status.getCommands(), command.getCommandId()));
  }

  private void activate(ControlCommand command) throws CommandRefusedException, IOException {
    String at = command.getArguments().get(StateEdits.ACTIVATE_AT);
    if (at != null) {
      write(edits.activateAt(stateFor(command), command), by(command));
      event(
          command.getVersion(),
          VersionStatus.BLESSED,
          null,
          "live for frames captured from %s on, %s".formatted(at, by(command)));
      return;
    }
    ModelState.Builder next = activated(servable.named(command));
    ModelState state = status.getState();
    if (state != null && state.getLive() != next.getLive()) {
      edits.requireRoom(state, next, command);
    }
    goLive(next, by(command));
  }

  /** The state with a version made live at once: what was to be activated by time is void. */
  private ModelState.Builder activated(long version) {
    ModelState state = status.getState();
    if (state == null) {
      return ModelState.newBuilder().setModel(model).setRevision(0).setLive(version);
    }
    ModelState.Builder next = successor(state, version);
    return state.getLive() == version ? next : next.setPrevious(state.getLive());
  }

  private void goLive(ModelState.Builder next, String reason) {
    ModelState before = status.getState();
    long version = next.getLive();
    if (before != null && before.getLive() == version) {
      if (!before.getActivations().equals(next.getActivations())) {
        write(next, reason);
      }
      return;
    }
    write(next, reason);
    if (before != null) {
      String why = "replaced by version %d".formatted(version);
      move(before.getLive(), VersionStatus.BLESSED, null, why);
    }
    move(version, VersionStatus.LIVE, null, reason);
  }

  /** The state with another live version, which ends its own canary or shadow. */
  private static ModelState.Builder successor(ModelState state, long live) {
    ModelState.Builder next = ModelState.newBuilder(state).setLive(live).setActivations(List.of());
    if (state.getCanary() != null && state.getCanary().getVersion() == live) {
      next.setCanary(null);
    }
    if (Long.valueOf(live).equals(state.getShadow())) {
      next.setShadow(null);
    }
    return next;
  }

  private void rollBack(ControlCommand command) throws CommandRefusedException, IOException {
    ModelState state = stateFor(command);
    long from = state.getLive();
    String judged = command.getArguments().get(StateEdits.FROM);
    refuseIf(
        judged != null && !judged.equals(Long.toString(from)),
        command,
        "version %s is no longer live, %d is".formatted(judged, from));
    Long target = command.getVersion() == null ? state.getPrevious() : command.getVersion();
    if (target == null) {
      throw CommandRefusedException.of(command, "no previous version is kept; name one");
    }
    refuseIf(target == from, command, "version %d is live".formatted(target));
    servable.require(command, target);
    write(successor(state, target).setPrevious(null), by(command));
    move(from, VersionStatus.ROLLED_BACK, null, by(command));
    move(target, VersionStatus.LIVE, null, by(command));
  }

  private void retire(ControlCommand command) throws CommandRefusedException, IOException {
    ModelState state = stateFor(command);
    long version = servable.published(command);
    refuseIf(
        VersionBound.names(state, version),
        command,
        "version %d is live, previous, pinned, canary, shadow or to be activated"
            .formatted(version));
    move(version, VersionStatus.RETIRED, null, by(command));
  }

  private ModelState stateFor(ControlCommand command) throws CommandRefusedException {
    ModelState state = status.getState();
    if (state == null) {
      throw CommandRefusedException.of(command, "no version was activated yet; activate one");
    }
    return state;
  }

  private static void refuseIf(boolean condition, ControlCommand command, String why)
      throws CommandRefusedException {
    if (condition) {
      throw CommandRefusedException.of(command, why);
    }
  }

  private static String by(ControlCommand command) {
    return "command %s by %s"
        .formatted(
            command.getCommandId(),
            command.getRequestedBy().isEmpty() ? "unknown" : command.getRequestedBy());
  }

  private void write(ModelState.Builder next, String reason) {
    next.setRevision(next.getRevision() + 1)
        .setUpdatedAt(Instant.ofEpochMilli(now))
        .setReason(reason);
    status.setState(next.build());
    changed = true;
  }

  private void move(long version, VersionStatus to, @Nullable String candidate, String reason) {
    note(version, to);
    event(version, to, candidate, reason);
  }

  private void event(long version, VersionStatus to, @Nullable String candidate, String reason) {
    events.add(ModelEvents.version(model, version, to, candidate, reason, now));
  }

  private void note(long version, VersionStatus to) {
    Map<String, VersionStatus> statuses = new HashMap<>(status.getStatuses());
    statuses.put(Long.toString(version), to);
    status.setStatuses(statuses);
  }

  private void remember(String candidate, long version) {
    Map<String, Long> candidates = new HashMap<>(status.getCandidates());
    candidates.put(candidate, version);
    status.setCandidates(candidates);
  }

  private long highest() {
    return status.getStatuses().keySet().stream().mapToLong(Long::parseLong).max().orElse(0);
  }
}
