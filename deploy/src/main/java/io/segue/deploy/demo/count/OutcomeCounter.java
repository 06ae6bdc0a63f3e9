package io.segue.deploy.demo.count;

import io.segue.schemas.avro.CutOver;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.Skip;
import io.segue.schemas.avro.VersionStatus;
import io.segue.schemas.avro.VersionStatusChange;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Counts what came in and what came of it. Frames and outcomes may be told in any order of topics,
 * as long as each topic is told in its own; a frame costs two bits. Safe for use by several
 * threads.
 */
public final class OutcomeCounter {

  /** One run of one stream. */
  private static final class Run {
    final BitSet arrived = new BitSet();
    final BitSet answered = new BitSet();
  }

  private record RunKey(String streamId, long epoch) {}

  private record Place(long epoch, long sequence, long ordinal) {}

  private record Swap(long from, long to) {}

  private final Map<RunKey, Run> runs = new HashMap<>();
  private final Map<String, Place> lastMasks = new HashMap<>();
  private final Set<String> unreadable = new HashSet<>();
  private final Set<String> unreadableAnswered = new HashSet<>();
  private final Set<Swap> swaps = new HashSet<>();
  private final Set<String> rejected = new HashSet<>();
  private long framesIn;
  private long masksOut;
  private long deadLetters;
  private long skipped;
  private long droppedRepeats;
  private long duplicates;
  private long outOfOrder;
  private long liveVersion;

  /**
   * Tells of a record on the topic of frames.
   *
   * @param place topic-partition-offset of the record
   * @param id its identity; empty where the record cannot be read that far
   */
  public synchronized void frame(String place, Optional<FrameId> id) {
    framesIn++;
    if (id.isEmpty()) {
      unreadable.add(place);
      return;
    }
    BitSet arrived = run(id.get()).arrived;
    int sequence = sequence(id.get());
    if (arrived.get(sequence)) {
      droppedRepeats++;
    }
    arrived.set(sequence);
  }

  /** Tells of a mask. */
  public synchronized void mask(Mask mask) {
    if (mask.getReplayOf() != null) {
      return;
    }
    masksOut += answer(mask.getId());
    FrameId id = mask.getId();
    Place place = new Place(id.getEpoch(), id.getSequence(), mask.getOrdinal());
    Place last = lastMasks.put(id.getStreamId(), place);
    if (last != null && !follows(place, last, mask.getLate())) {
      outOfOrder++;
    }
  }

  /** A late frame may lie behind an earlier one of its run, but is served in its turn as well. */
  private static boolean follows(Place place, Place last, boolean late) {
    boolean laterFrame =
        place.epoch() > last.epoch()
            || (place.epoch() == last.epoch() && place.sequence() > last.sequence());
    return (laterFrame || late) && place.ordinal() > last.ordinal();
  }

  /**
   * Tells of a dead letter; one of another topic than that of the frames is none of their outcomes.
   */
  public synchronized void deadLetter(DeadLetter letter, String framesTopic) {
    if (!letter.getTopic().equals(framesTopic)) {
      return;
    }
    if (letter.getId() != null) {
      deadLetters += answer(letter.getId());
    } else if (unreadableAnswered.add(letter.getLetterId())) {
      deadLetters++;
    } else {
      duplicates++;
    }
  }

  /** Tells of a skip record. */
  public synchronized void skip(Skip skip) {
    skipped += answer(skip.getId());
  }

  /** Tells of an event of a model. */
  public synchronized void event(ModelEvent event) {
    Object what = event.getEvent();
    if (what instanceof CutOver cutOver && cutOver.getFromVersion() != null) {
      swaps.add(new Swap(cutOver.getFromVersion(), cutOver.getToVersion()));
    } else if (what instanceof VersionStatusChange change) {
      if (change.getStatus() == VersionStatus.LIVE) {
        liveVersion = event.getVersion();
      } else if (change.getStatus() == VersionStatus.REJECTED) {
        String candidate = change.getCandidateId();
        rejected.add(candidate == null ? "version " + event.getVersion() : candidate);
      }
    }
  }

  /** Returns the count up to now. */
  public synchronized Counts counts() {
    long open = (long) unreadable.size() - unreadableAnswered.size();
    for (Run run : runs.values()) {
      BitSet missing = (BitSet) run.arrived.clone();
      missing.andNot(run.answered);
      open += missing.cardinality();
    }
    return new Counts(
        framesIn,
        masksOut,
        deadLetters,
        skipped,
        droppedRepeats,
        open,
        duplicates,
        outOfOrder,
        swaps.size(),
        rejected.size(),
        liveVersion);
  }

  /** Returns 1 for the first outcome of a frame, 0 for a further one. */
  private long answer(FrameId id) {
    BitSet answered = run(id).answered;
    int sequence = sequence(id);
    if (answered.get(sequence)) {
      duplicates++;
      return 0;
    }
    answered.set(sequence);
    return 1;
  }

  private Run run(FrameId id) {
    return runs.computeIfAbsent(new RunKey(id.getStreamId(), id.getEpoch()), key -> new Run());
  }

  private static int sequence(FrameId id) {
    return Math.toIntExact(id.getSequence());
  }
}
