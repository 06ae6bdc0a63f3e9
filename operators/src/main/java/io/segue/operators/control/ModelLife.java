package io.segue.operators.control;

import io.segue.operators.record.ModelEvents;
import io.segue.operators.record.RecentIds;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.Decision;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.Pin;
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
  private final long now;
  private final ControlStatus status;
  private final List<ModelEvent> events = new ArrayList<>();
  private boolean changed;

  ModelLife(String model, @Nullable ControlStatus known, PublishedVersions versions, long now) {
    this.model = model;
    this.versions = versions;
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
      case ACTIVATE -> {
        long version = published(command);
        refuseIf(isRetired(version), command, "version %d is retired".formatted(version));
        activate(version, by(command));
      }
      case ROLLBACK -> rollBack(command);
      case PIN -> pin(command);
      case UNPIN -> unpin(command);
      case RETIRE -> retire(command);
      case TRAIN, REPLAY -> {} // carried out by the train coordinator and the segment job
      case UNKNOWN, CANARY, SHADOW, ERASE -> refuse(command, "this release does not carry it out");
    }
    status.setCommands(RecentIds.with(status.getCommands(), command.getCommandId()));
  }

  private void activate(long version, String reason) {
    ModelState state = status.getState();
    if (state != null && state.getLive() == version) {
      return;
    }
    ModelState.Builder next = nextState(reason).setLive(version);
    if (state != null) {
      next.setPrevious(state.getLive());
      note(state.getLive(), VersionStatus.BLESSED);
    }
    write(next);
    move(version, VersionStatus.LIVE, null, reason);
  }

  private void rollBack(ControlCommand command) throws CommandRefusedException, IOException {
    ModelState state = stateFor(command);
    Long target = command.getVersion() == null ? state.getPrevious() : command.getVersion();
    if (target == null) {
      throw refusal(command, "no previous version is kept; name one");
    }
    refuseIf(target == state.getLive(), command, "version %d is live".formatted(target));
    refuseIf(!versions.contains(model, target), command, unpublished(target));
    long from = state.getLive();
    write(nextState(by(command)).setLive(target).setPrevious(null));
    move(from, VersionStatus.ROLLED_BACK, null, by(command));
    move(target, VersionStatus.LIVE, null, by(command));
  }

  private void pin(ControlCommand command) throws CommandRefusedException, IOException {
    ModelState state = stateFor(command);
    String match = match(command);
    long version = published(command);
    List<Pin> pins = new ArrayList<>(state.getPins());
    pins.removeIf(pin -> pin.getMatch().equals(match));
    pins.add(new Pin(match, version));
    write(nextState(by(command)).setPins(pins));
  }

  private void unpin(ControlCommand command) throws CommandRefusedException {
    ModelState state = stateFor(command);
    String match = match(command);
    List<Pin> pins = new ArrayList<>(state.getPins());
    boolean removed = pins.removeIf(pin -> pin.getMatch().equals(match));
    refuseIf(!removed, command, "no pin has match '%s'".formatted(match));
    write(nextState(by(command)).setPins(pins));
  }

  private void retire(ControlCommand command) throws CommandRefusedException, IOException {
    ModelState state = stateFor(command);
    long version = published(command);
    boolean used =
        version == state.getLive()
            || Long.valueOf(version).equals(state.getPrevious())
            || state.getPins().stream().anyMatch(pin -> pin.getVersion() == version);
    refuseIf(used, command, "version %d is live, previous or pinned".formatted(version));
    move(version, VersionStatus.RETIRED, null, by(command));
  }

  private ModelState stateFor(ControlCommand command) throws CommandRefusedException {
    ModelState state = status.getState();
    if (state == null) {
      throw refusal(command, "no version was activated yet; activate one");
    }
    return state;
  }

  private long published(ControlCommand command) throws CommandRefusedException, IOException {
    Long version = command.getVersion();
    if (version == null) {
      throw refusal(command, "it names no version");
    }
    refuseIf(!versions.contains(model, version), command, unpublished(version));
    return version;
  }

  private static String unpublished(long version) {
    return "version %d is not in the registry; publish it".formatted(version);
  }

  private String match(ControlCommand command) throws CommandRefusedException {
    String match = command.getArguments().get("match");
    if (match == null || match.isBlank()) {
      throw refusal(command, "argument 'match' is missing; give a pattern of stream ids");
    }
    return match;
  }

  private boolean isRetired(long version) {
    return status.getStatuses().get(Long.toString(version)) == VersionStatus.RETIRED;
  }

  private void refuseIf(boolean condition, ControlCommand command, String why)
      throws CommandRefusedException {
    if (condition) {
      throw refusal(command, why);
    }
  }

  private void refuse(ControlCommand command, String why) throws CommandRefusedException {
    throw refusal(command, why);
  }

  private CommandRefusedException refusal(ControlCommand command, String why) {
    return new CommandRefusedException(
        "command %s, %s of model '%s': %s"
            .formatted(command.getCommandId(), command.getAction(), model, why));
  }

  private static String by(ControlCommand command) {
    return "command %s by %s"
        .formatted(
            command.getCommandId(),
            command.getRequestedBy().isEmpty() ? "unknown" : command.getRequestedBy());
  }

  /** The next state, without a live version if there is none yet. */
  private ModelState.Builder nextState(String reason) {
    ModelState state = status.getState();
    ModelState.Builder next =
        state == null
            ? ModelState.newBuilder().setModel(model).setRevision(0)
            : ModelState.newBuilder(state);
    return next.setRevision(next.getRevision() + 1)
        .setUpdatedAt(Instant.ofEpochMilli(now))
        .setReason(reason);
  }

  private void write(ModelState.Builder next) {
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
