package io.segue.operators.segment;

import io.segue.schemas.avro.ModelState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which versions a state of a model wants in memory. */
final class NamedVersions {
  private NamedVersions() {}

  /** Each version that a state names, once, the most urgent first. */
  static List<Long> of(ModelState state) {
    Set<Long> named = new LinkedHashSet<>();
    named.add(state.getLive());
    Optional.ofNullable(state.getPrevious()).ifPresent(named::add);
    state.getPins().forEach(pin -> named.add(pin.getVersion()));
    Optional.ofNullable(state.getCanary()).ifPresent(canary -> named.add(canary.getVersion()));
    state.getActivations().forEach(activation -> named.add(activation.getVersion()));
    Optional.ofNullable(state.getShadow()).ifPresent(named::add);
    return new ArrayList<>(named);
  }
}
