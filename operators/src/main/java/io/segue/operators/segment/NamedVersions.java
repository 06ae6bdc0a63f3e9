package io.segue.operators.segment;

import io.segue.schemas.avro.ModelState;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which versions a state of a model wants in memory, of a process that has room for so many.
 *
 * @param live serves where nothing else is said
 * @param kept those there is room for, the most urgent first
 * @param surplus those there is no room for
 */
record NamedVersions(long live, List<Long> kept, List<Long> surplus) {
  /** Before any state is known. */
  static final NamedVersions NONE = new NamedVersions(0, List.of(), List.of());

  /** Each version that a state names, once. */
  static NamedVersions of(ModelState state, int room) {
    Set<Long> named = new LinkedHashSet<>();
    named.add(state.getLive());
    Optional.ofNullable(state.getPrevious()).ifPresent(named::add);
    state.getPins().forEach(pin -> named.add(pin.getVersion()));
    Optional.ofNullable(state.getCanary()).ifPresent(canary -> named.add(canary.getVersion()));
    state.getActivations().forEach(activation -> named.add(activation.getVersion()));
    Optional.ofNullable(state.getShadow()).ifPresent(named::add);
    List<Long> ranked = List.copyOf(named);
    int kept = Math.min(room, ranked.size());
    return new NamedVersions(
        state.getLive(), ranked.subList(0, kept), ranked.subList(kept, ranked.size()));
  }
}
