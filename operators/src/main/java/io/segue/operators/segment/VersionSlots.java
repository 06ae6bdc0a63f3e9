package io.segue.operators.segment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The versions of one model that a process knows of, and which of them comes next: to be loaded, or
 * to make room. Guarded by the lock of its {@link ModelVersions}.
 */
final class VersionSlots {
  private final Map<Long, VersionSlot> slots = new TreeMap<>();
  private NamedVersions named = NamedVersions.NONE;
  private long served;

  /** Takes over what a newer state names; what was refused before may be tried again. */
  void announce(NamedVersions announced) {
    named = announced;
    slots.values().removeIf(VersionSlot::hasFailed);
  }

  NamedVersions named() {
    return named;
  }

  Optional<VersionSlot> find(long version) {
    return Optional.ofNullable(slots.get(version));
  }

  /** The slot of a version, queued if it was not known. */
  VersionSlot of(long version) {
    return slots.computeIfAbsent(version, VersionSlot::new);
  }

  /** Forgets a version that has been freed, but not who waits for it. */
  void released(long version) {
    VersionSlot freed = slots.remove(version);
    if (freed != null && freed.isAwaited()) {
      slots.put(version, freed.again());
    }
  }

  /** Whether the state names a version that there is no room for. */
  boolean isSurplus(long version) {
    return named.surplus().contains(version);
  }

  Readiness readiness(long version) {
    if (isSurplus(version)) {
      return Readiness.FAILED;
    }
    return find(version).map(VersionSlot::readiness).orElse(Readiness.EXPECTED);
  }

  Stream<VersionSlot> ready() {
    return slots.values().stream().filter(VersionSlot::isReady);
  }

  /** Whether one of the versions that may serve is ready. */
  boolean canServe() {
    return named.serving().stream().anyMatch(it -> readiness(it) == Readiness.READY);
  }

  /** Versions that hold memory. */
  int inMemory() {
    return (int) slots.values().stream().filter(VersionSlot::holdsMemory).count();
  }

  /** Notes that a version serves a batch. */
  void served(VersionSlot slot) {
    slot.served(++served);
  }

  /** Ready versions that nobody needs, once the live version is ready. */
  List<VersionSlot> superfluous() {
    return isLiveReady() ? unneeded(needed()) : List.of();
  }

  /** The most urgent version that is still to be loaded. */
  Optional<VersionSlot> nextToLoad() {
    return needed().stream().map(this::of).filter(VersionSlot::isQueued).findFirst();
  }

  /**
   * The version to free for one that is to be loaded: one that nobody needs or else the least
   * urgent; none if room is on its way already.
   */
  Optional<VersionSlot> leastUrgent(VersionSlot incoming) {
    if (slots.values().stream().anyMatch(VersionSlot::isClosing)) {
      return Optional.empty();
    }
    List<Long> needed = needed();
    List<VersionSlot> candidates = new ArrayList<>(unneeded(needed));
    for (int i = needed.size() - 1; i > needed.indexOf(incoming.version()); i--) {
      find(needed.get(i)).filter(VersionSlot::isReady).ifPresent(candidates::add);
    }
    return candidates.stream().filter(slot -> !isProtected(slot)).findFirst();
  }

  /** The versions that frames wait for, then those that the state names. */
  private List<Long> needed() {
    Set<Long> needed = new LinkedHashSet<>();
    slots.values().stream()
        .filter(VersionSlot::isAwaited)
        .map(VersionSlot::version)
        .forEach(needed::add);
    needed.addAll(named.kept());
    return List.copyOf(needed);
  }

  /** Ready versions that are not needed, the one that served last at the end. */
  private List<VersionSlot> unneeded(List<Long> needed) {
    return ready()
        .filter(slot -> !needed.contains(slot.version()))
        .sorted(Comparator.comparingLong(VersionSlot::lastServed))
        .toList();
  }

  /** What served last stays until the live version can take over. */
  private boolean isProtected(VersionSlot slot) {
    return !isLiveReady() && slot.lastServed() > 0 && slot.lastServed() == served;
  }

  private boolean isLiveReady() {
    return readiness(named.live()) == Readiness.READY;
  }
}
