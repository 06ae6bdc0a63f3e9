package io.segue.operators.segment;

import io.segue.schemas.avro.ModelState;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which versions a state of a model wants in the memory of a process that has room for some.
 *
 * @param live serves where nothing else is said
 * @param kept those there is room for, the most urgent first
 * @param serving those of them that may serve: all but one that is named as the shadow alone
 * @param surplus those there is no room for
 */
record NamedVersions(long live, List<Long> kept, List<Long> serving, List<Long> surplus) {
  /** Before any state is known. */
  static final NamedVersions NONE = new NamedVersions(0, List.of(), List.of(), List.of());

  /** Each version that a state names, once. */
  static NamedVersions of(ModelState state, int room) {
    Set<Long> serving = new LinkedHashSet<>();
    serving.add(state.getLive());
    Optional.ofNullable(state.getPrevious()).ifPresent(serving::add);
    state.getPins().forEach(pin -> serving.add(pin.getVersion()));
    Optional.ofNullable(state.getCanary()).ifPresent(canary -> serving.add(canary.getVersion()));
    state.getActivations().forEach(activation -> serving.add(activation.getVersion()));
    Set<Long> named = new LinkedHashSet<>(serving);
    Optional.ofNullable(state.getShadow()).ifPresent(named::add);
    List<Long> ranked = List.copyOf(named);
    List<Long> kept = ranked.subList(0, Math.min(room, ranked.size()));
    return new NamedVersions(
        state.getLive(),
        kept,
        kept.stream().filter(serving::contains).toList(),
        ranked.subList(kept.size(), ranked.size()));
  }
}
