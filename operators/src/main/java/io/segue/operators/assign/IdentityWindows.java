package io.segue.operators.assign;

import io.segue.schemas.flow.EpochWindow;
import io.segue.schemas.flow.SeenIdentities;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells a stream's new identities from repeated ones in bounded memory. No identity is ever taken
 * for new twice; one that is too old to be told from a repeat is reported as expired.
 *
 * <p>Of each of the latest {@code epochs} producer runs, the latest {@code window} sequences are
 * remembered exactly. Runs need not begin in ascending order: a camera whose clock was once in 2099
 * does not shut out its later runs.
 *
 * @param epochs runs remembered with their sequences, 1 or more
 * @param window sequences remembered of each, a positive multiple of 8
 * @param retired further runs remembered by number alone, 1 or more
 */
record IdentityWindows(int epochs, int window, int retired) implements Serializable {
  /** What an identity turned out to be. */
  enum Kind {
    /** Not seen before and the highest of its run. */
    NEW,
    /** Not seen before, but a higher one of its run has been. */
    LATE,
    /** Seen before. */
    REPEAT,
    /** Too old to say. */
    EXPIRED
  }

  /**
   * @param gap sequences left out just before this one if it is {@link Kind#NEW}; -1 if it is one
   *     that had been left out; otherwise 0
   */
  record Sighting(Kind kind, long gap) {
    private static final Sighting LATE = new Sighting(Kind.LATE, 0);
    private static final Sighting LEFT_OUT = new Sighting(Kind.LATE, -1);
    private static final Sighting REPEAT = new Sighting(Kind.REPEAT, 0);
    private static final Sighting EXPIRED = new Sighting(Kind.EXPIRED, 0);
  }

  IdentityWindows {
    if (epochs < 1 || window < 8 || window % 8 != 0 || retired < 1) {
      throw new IllegalArgumentException(
          "identity windows: %d epochs of %d sequences and %d retired: at least 1 of each, the"
                  .formatted(epochs, window, retired)
              + " window a multiple of 8");
    }
  }

  static SeenIdentities none() {
    return SeenIdentities.newBuilder().build();
  }

  /** Judges an identity and remembers it in {@code seen}, which is changed in place. */
  Sighting observe(SeenIdentities seen, long epoch, long sequence) {
    List<EpochWindow> runs = seen.getEpochs();
    for (int i = runs.size() - 1; i >= 0; i--) {
      if (runs.get(i).getEpoch() == epoch) {
        EpochWindow run = runs.remove(i);
        runs.add(run);
        return observe(run, sequence);
      }
    }
    if (epoch <= seen.getFloor() || seen.getRetired().contains(epoch)) {
      return Sighting.EXPIRED;
    }
    if (runs.size() == epochs) {
      retire(seen, runs.remove(0).getEpoch());
    }
    EpochWindow run = new EpochWindow(epoch, sequence, ByteBuffer.allocate(window / 8), sequence);
    mark(run, sequence);
    runs.add(run);
    return new Sighting(Kind.NEW, 0);
  }

  private void retire(SeenIdentities seen, long epoch) {
    List<Long> ascending = new ArrayList<>(seen.getRetired());
    ascending.add(epoch);
    ascending.sort(null);
    if (ascending.size() > retired) {
      seen.setFloor(ascending.remove(0));
    }
    seen.setRetired(ascending);
  }

  private static Sighting observe(EpochWindow run, long sequence) {
    long ahead = sequence - run.getHighest();
    long size = size(run);
    if (ahead > 0) {
      for (long skipped = Math.max(run.getHighest() + 1, sequence - size); skipped < sequence; ) {
        clear(run, skipped++);
      }
      run.setHighest(sequence);
      mark(run, sequence);
      return new Sighting(Kind.NEW, ahead - 1);
    }
    if (-ahead >= size) {
      return Sighting.EXPIRED;
    }
    if (isMarked(run, sequence)) {
      return Sighting.REPEAT;
    }
    mark(run, sequence);
    return sequence > run.getFirst() ? Sighting.LEFT_OUT : Sighting.LATE;
  }

  /** The run's own size: it may have been created under another configuration. */
  private static long size(EpochWindow run) {
    return run.getSeen().remaining() * 8L;
  }

  private static int place(EpochWindow run, long sequence) {
    return (int) Math.floorMod(sequence, size(run));
  }

  private static boolean isMarked(EpochWindow run, long sequence) {
    int place = place(run, sequence);
    ByteBuffer bits = run.getSeen();
    return (bits.get(bits.position() + place / 8) & (1 << (place % 8))) != 0;
  }

  private static void mark(EpochWindow run, long sequence) {
    int place = place(run, sequence);
    ByteBuffer bits = run.getSeen();
    int at = bits.position() + place / 8;
    bits.put(at, (byte) (bits.get(at) | (1 << (place % 8))));
  }

  private static void clear(EpochWindow run, long sequence) {
    int place = place(run, sequence);
    ByteBuffer bits = run.getSeen();
    int at = bits.position() + place / 8;
    bits.put(at, (byte) (bits.get(at) & ~(1 << (place % 8))));
  }
}
