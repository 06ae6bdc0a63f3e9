package io.segue.operators.control;

import io.segue.schemas.avro.Activation;
import io.segue.schemas.avro.ModelState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The activations by capture time of a state, in the order of their times; immutable.
 *
 * <p>Once the time of one has come, two entries are in force: a baseline, which is the version that
 * was live before, from 1970 on, and the activation itself. So frames that come late or again, and
 * were captured earlier, still get the version before. Older entries go, so that past activations
 * name no further version. All other entries are planned.
 */
final class ActivationTable {
  /** Capture time of the baseline; what is planned is later. */
  static final Instant BASELINE = Instant.EPOCH;

  private static final int IN_FORCE = 2;

  private final List<Activation> entries;

  private ActivationTable(List<Activation> entries) {
    List<Activation> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparing(Activation::getActivateAt));
    this.entries = List.copyOf(sorted);
  }

  static ActivationTable of(ModelState state) {
    return new ActivationTable(state.getActivations());
  }

  List<Activation> entries() {
    return entries;
  }

  /** The entry of the live version, if an activation by time made it live. */
  Optional<Activation> inForce() {
    return hasBaseline() ? Optional.of(entries.get(1)) : Optional.empty();
  }

  /** The planned entry whose time comes first. */
  Optional<Activation> next() {
    return planned().stream().findFirst();
  }

  /**
   * Plans a version that is not live; an earlier plan of it is void. A stream stays on a version
   * that a later entry names, so a baseline of the same version goes.
   */
  ActivationTable plan(long version, Instant at) {
    boolean drop = hasBaseline() && entries.get(0).getVersion() == version;
    List<Activation> next = new ArrayList<>(drop ? planned() : entries);
    next.removeIf(entry -> entry.getVersion() == version);
    next.add(new Activation(version, at));
    return new ActivationTable(next);
  }

  /**
   * The table once the next entry is in force.
   *
   * @param live version before; if that is the one to be activated, nothing changes for any frame
   */
  ActivationTable begin(long live) {
    List<Activation> planned = planned();
    List<Activation> next = new ArrayList<>();
    if (planned.get(0).getVersion() == live) {
      next.addAll(entries);
      next.remove(planned.get(0));
    } else {
      next.add(new Activation(live, BASELINE));
      next.addAll(planned);
    }
    return new ActivationTable(next);
  }

  private List<Activation> planned() {
    return hasBaseline() ? entries.subList(IN_FORCE, entries.size()) : entries;
  }

  private boolean hasBaseline() {
    return entries.size() >= IN_FORCE && entries.get(0).getActivateAt().equals(BASELINE);
  }
}
