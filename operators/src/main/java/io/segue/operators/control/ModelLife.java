package io.segue.operators.control;

import io.segue.operators.record.ModelEvents;
import io.segue.operators.record.RecentIds;
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
import org.jspecify.annotations.Nullable;

/**
 * The life of one model's versions: what a verdict or a command does to its published state. Holds
 * a copy of what control knows; the caller stores {@link #status()} and sends on what came of it.
 */
final class ModelLife {
  private final String model;
  private final PublishedVersions versions;
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
    this.edits = new StateEdits(versions, maxVersions);
    this.now = now;
    this.status = ControlStatus.newBuilder(known == null ? empty() : known).build();
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

  /**
   * Publishes a blessed candidate; it goes live if the live version is still the one that it was
   * compared with.
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
    move(version, VersionStatus.BLESSED, candidate, result.getReason());
    ModelState state = status.getState();
    if (state == null || state.getLive() == result.getLiveVersion()) {
      activate(version, result.getReason());
    }
    return Optional.of(version);
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
      case TRAIN, REPLAY -> {} // carried out by the train coordinator and the segment job
      case UNKNOWN, ERASE ->
          throw CommandRefusedException.of(command, "this release does not carry it out");
    }
    status.setCommands(RecentIds.with(status.getCommands(), command.getCommandId()));
  }

  private void activate(ControlCommand command) throws CommandRefusedException, IOException {
    long version = edits.published(command);
    refuseIf(isRetired(version), command, "version %d is retired".formatted(version));
    if (command.getArguments().containsKey(StateEdits.ACTIVATE_AT)) {
      write(edits.activateAt(stateFor(command), command), by(command));
      event(
          version,
          VersionStatus.BLESSED,
          null,
          "live for frames captured from %s on, %s"
              .formatted(command.getArguments().get(StateEdits.ACTIVATE_AT), by(command)));
    } else {
      activate(version, by(command));
    }
  }

  /** Makes a version live at once: what was to be activated by time is void. */
  private void activate(long version, String reason) {
    ModelState state = status.getState();
    if (state == null) {
      write(ModelState.newBuilder().setModel(model).setRevision(0).setLive(version), reason);
    } else if (state.getLive() != version) {
      write(successor(state, version).setPrevious(state.getLive()), reason);
      note(state.getLive(), VersionStatus.BLESSED);
    } else if (!state.getActivations().isEmpty()) {
      write(successor(state, version), reason);
      return;
    } else {
      return;
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
    edits.requirePublished(command, target);
    write(successor(state, target).setPrevious(null), by(command));
    move(from, VersionStatus.ROLLED_BACK, null, by(command));
    move(target, VersionStatus.LIVE, null, by(command));
  }

  private void retire(ControlCommand command) throws CommandRefusedException, IOException {
    ModelState state = stateFor(command);
    long version = edits.published(command);
    refuseIf(
        StateEdits.names(state, version),
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

  private boolean isRetired(long version) {
    return status.getStatuses().get(Long.toString(version)) == VersionStatus.RETIRED;
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
