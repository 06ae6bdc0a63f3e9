package io.segue.operators.control;

import io.segue.schemas.avro.Canary;
import io.segue.schemas.avro.ModelState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Bounds the versions that a state names: a serving process refuses those that it has no room for.
 *
 * @param maxVersions of a model that one process holds
 */
record VersionBound(int maxVersions) {
  /** Whether a state names a version anywhere. */
  static boolean names(ModelState state, long version) {
    return named(ModelState.newBuilder(state)).contains(version);
  }

  /**
   * Why a state cannot be followed by another one.
   *
   * @return the versions, the limit and the remedy; empty if nothing is in the way
   */
  Optional<String> objection(ModelState now, ModelState.Builder next) {
    Set<Long> named = named(next);
    if (named.size() <= maxVersions) {
      return Optional.empty();
    }
    return Optional.of(
        "a process would have to hold versions %s, segment.serving.max_versions is %d; %s"
            .formatted(named.stream().sorted().toList(), maxVersions, remedy(now, next)));
  }

  private static Set<Long> named(ModelState.Builder state) {
    Set<Long> named = new HashSet<>();
    named.add(state.getLive());
    if (state.getPrevious() != null) {
      named.add(state.getPrevious());
    }
    state.getPins().forEach(pin -> named.add(pin.getVersion()));
    if (state.getCanary() != null) {
      named.add(state.getCanary().getVersion());
    }
    if (state.getShadow() != null) {
      named.add(state.getShadow());
    }
    state.getActivations().forEach(activation -> named.add(activation.getVersion()));
    return named;
  }

  /** What there is already and could end. */
  private static String remedy(ModelState now, ModelState.Builder next) {
    List<String> remedies = new ArrayList<>();
    now.getPins().stream()
        .filter(pin -> pin.getVersion() != next.getLive())
        .map(pin -> "UNPIN '%s' (version %d)".formatted(pin.getMatch(), pin.getVersion()))
        .forEach(remedies::add);
    Canary canary = now.getCanary();
    if (canary != null) {
      remedies.add("end the canary (version %d)".formatted(canary.getVersion()));
    }
    if (now.getShadow() != null) {
      remedies.add("end the shadow (version %d)".formatted(now.getShadow()));
    }
    ActivationTable.of(now)
        .next()
        .ifPresent(
            planned ->
                remedies.add(
                    "void the timed activations (version %d is next) by ACTIVATE of version %d"
                        .formatted(planned.getVersion(), now.getLive())));
    remedies.add("raise the limit");
    return String.join(", or ", remedies);
  }
}
