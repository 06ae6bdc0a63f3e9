package io.segue.operators.control;

import io.segue.schemas.avro.Activation;
import io.segue.schemas.avro.Canary;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.Pin;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Changes that a command asks of a state, beside its live version: pins, canary, shadow and the
 * table of activations. A change after which a serving process would need more versions than it
 * holds is refused here, before any process has to.
 */
final class StateEdits {
  private static final String MATCH = "match";
  private static final String SHARE = "share";
  private static final String SALT = "salt";
  static final String ACTIVATE_AT = "activateAt";

  /** Argument of what ends a version's service: the version that was found wanting, no other. */
  static final String FROM = "from";

  private final ServableVersions servable;
  private final VersionBound bound;

  StateEdits(ServableVersions servable, VersionBound bound) {
    this.servable = servable;
    this.bound = bound;
  }

  /** Streams of a pattern stay on a version, whatever is live. */
  ModelState.Builder pin(ModelState state, ControlCommand command)
      throws CommandRefusedException, IOException {
    String match = match(command);
    long version = servable.named(command);
    List<Pin> pins = new ArrayList<>(state.getPins());
    pins.removeIf(pin -> pin.getMatch().equals(match));
    pins.add(new Pin(match, version));
    return withinBound(state, ModelState.newBuilder(state).setPins(pins), command);
  }

  /** A pin ends. */
  ModelState.Builder unpin(ModelState state, ControlCommand command)
      throws CommandRefusedException {
    String match = match(command);
    List<Pin> pins = new ArrayList<>(state.getPins());
    if (!pins.removeIf(pin -> pin.getMatch().equals(match))) {
      throw refusal(command, "no pin has match '%s'".formatted(match));
    }
    return ModelState.newBuilder(state).setPins(pins);
  }

  /**
   * A share of the streams, chosen by a hash of their names, is served by a version; without a
   * version the canary ends. A larger share keeps the streams of a smaller one.
   */
  ModelState.Builder canary(ModelState state, ControlCommand command)
      throws CommandRefusedException, IOException {
    if (command.getVersion() == null) {
      Canary running = state.getCanary();
      if (running == null) {
        throw refusal(command, "there is no canary to end; name a version to begin one");
      }
      String judged = command.getArguments().get(FROM);
      if (judged != null && !judged.equals(Long.toString(running.getVersion()))) {
        throw refusal(
            command,
            "version %s is no longer the canary, %d is".formatted(judged, running.getVersion()));
      }
      return ModelState.newBuilder(state).setCanary(null);
    }
    long version = servableButNotLive(state, command);
    Canary before = state.getCanary();
    String salt =
        before != null && before.getVersion() == version
            ? before.getSalt()
            : command.getArguments().getOrDefault(SALT, command.getCommandId());
    Canary canary = new Canary(version, share(command), salt);
    return withinBound(state, ModelState.newBuilder(state).setCanary(canary), command);
  }

  /** A version infers frames beside the live one and serves none; without a version it ends. */
  ModelState.Builder shadow(ModelState state, ControlCommand command)
      throws CommandRefusedException, IOException {
    if (command.getVersion() == null) {
      if (state.getShadow() == null) {
        throw refusal(command, "there is no shadow to end; name a version to begin one");
      }
      return ModelState.newBuilder(state).setShadow(null);
    }
    long version = servableButNotLive(state, command);
    return withinBound(state, ModelState.newBuilder(state).setShadow(version), command);
  }

  /**
   * A version serves the frames that are captured from a time on, which may have passed, but not
   * before the live version's own.
   */
  ModelState.Builder activateAt(ModelState state, ControlCommand command)
      throws CommandRefusedException, IOException {
    long version = servableButNotLive(state, command);
    Instant at = time(command);
    ActivationTable table = ActivationTable.of(state);
    Optional<Activation> inForce = table.inForce();
    if (inForce.isPresent() && at.isBefore(inForce.get().getActivateAt())) {
      throw refusal(
          command,
          "version %d serves the frames captured from %s on, activateAt is %s; give a later time"
              .formatted(state.getLive(), inForce.get().getActivateAt(), at));
    }
    return withinBound(
        state,
        ModelState.newBuilder(state).setActivations(table.plan(version, at).entries()),
        command);
  }

  private ModelState.Builder withinBound(
      ModelState state, ModelState.Builder next, ControlCommand command)
      throws CommandRefusedException {
    requireRoom(state, next, command);
    return next;
  }

  /** Refuses a command after which a serving process would need more versions than it holds. */
  void requireRoom(ModelState state, ModelState.Builder next, ControlCommand command)
      throws CommandRefusedException {
    Optional<String> objection = bound.objection(state, next);
    if (objection.isPresent()) {
      throw refusal(command, objection.get());
    }
  }

  private long servableButNotLive(ModelState state, ControlCommand command)
      throws CommandRefusedException, IOException {
    long version = servable.named(command);
    if (version == state.getLive()) {
      throw refusal(command, "version %d is live".formatted(version));
    }
    return version;
  }

  private static String match(ControlCommand command) throws CommandRefusedException {
    String match = command.getArguments().get(MATCH);
    if (match == null || match.isBlank()) {
      throw refusal(command, "argument 'match' is missing; give a pattern of stream ids");
    }
    return match;
  }

  private static double share(ControlCommand command) throws CommandRefusedException {
    String given = command.getArguments().get(SHARE);
    try {
      double share = given == null ? Double.NaN : Double.parseDouble(given);
      if (share > 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      // Refused below with what was given.
    }
    throw refusal(
        command, "argument 'share' is '%s'; give a number above 0 up to 1".formatted(given));
  }

  private static Instant time(ControlCommand command) throws CommandRefusedException {
    String given = command.getArguments().getOrDefault(ACTIVATE_AT, "");
    try {
      Instant time = Instant.ofEpochMilli(Instant.parse(given).toEpochMilli());
      if (time.isAfter(ActivationTable.BASELINE)) {
        return time;
      }
    } catch (DateTimeParseException | ArithmeticException e) {
      // Refused below with what was given.
    }
    throw refusal(
        command,
        "argument 'activateAt' is '%s'; give a time after 1970 such as 2026-05-01T06:00:00Z"
            .formatted(given));
  }

  private static CommandRefusedException refusal(ControlCommand command, String why) {
    return CommandRefusedException.of(command, why);
  }
}
