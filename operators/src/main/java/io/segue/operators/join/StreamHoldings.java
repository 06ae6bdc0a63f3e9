package io.segue.operators.join;

import io.segue.schemas.avro.Mask;
import io.segue.schemas.flow.HeldFrame;
import io.segue.schemas.flow.HeldLabel;
import io.segue.schemas.flow.JoinSlot;
import io.segue.schemas.flow.JoinUsage;
import io.segue.schemas.flow.LabelMark;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one stream in the join: frames and masks in the order of their arrival, labels
 * that wait, and which frames are labelled already. Keys are identities within the stream.
 */
final class StreamHoldings {
  private static final long MARKS_PER_FRAME = 4;

  private final JoinOptions options;
  private final MapState<String, HeldFrame> frames;
  private final MapState<String, Mask> masks;
  private final MapState<String, JoinSlot> slots;
  private final ArrivalQueue arrivals;
  private final MapState<String, HeldLabel> labels;
  private final MapState<String, LabelMark> marks;
  private final ArrivalQueue marked;
  private final ValueState<JoinUsage> usage;

  StreamHoldings(RuntimeContext context, JoinOptions options) {
    this.options = options;
    frames = map(context, "join-frames", HeldFrame.class);
    masks = map(context, "join-masks", Mask.class);
    slots = map(context, "join-slots", JoinSlot.class);
    arrivals = new ArrivalQueue(context, "join-arrivals");
    labels = map(context, "join-labels", HeldLabel.class);
    marks = map(context, "join-marks", LabelMark.class);
    marked = new ArrivalQueue(context, "join-marked");
    usage =
        context.getState(
            new ValueStateDescriptor<>("join-usage", new AvroTypeInfo<>(JoinUsage.class)));
  }

  private static <T extends SpecificRecordBase> MapState<String, T> map(
      RuntimeContext context, String name, Class<T> type) {
    return context.getMapState(
        new MapStateDescriptor<>(name, Types.STRING, new AvroTypeInfo<>(type)));
  }

  /** Holds a frame; false if it is held already. */
  boolean hold(String key, HeldFrame frame, long now) throws Exception {
    if (frames.contains(key)) {
      return false;
    }
    occupy(key, size(frame.getFrame().getPayload()), now);
    frames.put(key, frame);
    return true;
  }

  /** Holds a mask; false if one is held already. */
  boolean hold(String key, Mask mask, long now) throws Exception {
    if (masks.contains(key)) {
      return false;
    }
    occupy(key, size(mask.getPayload()), now);
    masks.put(key, mask);
    return true;
  }

  private void occupy(String key, long bytes, long now) throws Exception {
    JoinSlot slot = slots.get(key);
    if (slot == null) {
      arrivals.add(key);
      slots.put(key, new JoinSlot(now, bytes));
    } else {
      slots.put(key, new JoinSlot(slot.getReceivedAt(), slot.getBytes() + bytes));
    }
    changeUsage(bytes, 0);
  }

  Optional<HeldFrame> frame(String key) throws Exception {
    return Optional.ofNullable(frames.get(key));
  }

  Optional<Mask> mask(String key) throws Exception {
    return Optional.ofNullable(masks.get(key));
  }

  Optional<HeldLabel> waiting(String key) throws Exception {
    return Optional.ofNullable(labels.get(key));
  }

  Optional<LabelMark> mark(String key) throws Exception {
    return Optional.ofNullable(marks.get(key));
  }

  /** Lets a label wait, in place of one of the same frame; false if too many wait already. */
  boolean await(String key, HeldLabel label) throws Exception {
    boolean replaces = labels.contains(key);
    if (!replaces && usage().getLabels() >= options.maxLabels()) {
      return false;
    }
    labels.put(key, label);
    changeUsage(0, replaces ? 0 : 1);
    return true;
  }

  void endWait(String key) throws Exception {
    labels.remove(key);
    changeUsage(0, -1);
  }

  /** Keys of the labels whose wait ends at {@code now} or ended before. */
  List<String> overdue(long now) throws Exception {
    List<String> keys = new ArrayList<>();
    for (Map.Entry<String, HeldLabel> entry : labels.entries()) {
      if (entry.getValue().getDeadline() <= now) {
        keys.add(entry.getKey());
      }
    }
    return keys;
  }

  /** Remembers the label that a frame got. */
  void mark(String key, HeldLabel label) throws Exception {
    if (!marks.contains(key)) {
      marked.add(key);
    }
    marks.put(key, new LabelMark(label.getRevision(), label.getAnnotator()));
    while (marked.size() > MARKS_PER_FRAME * options.maxFrames()) {
      marks.remove(marked.head().orElseThrow());
      marked.removeHead();
    }
  }

  /**
   * The oldest frame, if one of the limits says that it has to go.
   *
   * @param since time from which on ages count
   */
  Optional<String> surplus(long now, long since) throws Exception {
    Optional<String> oldest = arrivals.head();
    if (oldest.isEmpty()) {
      return oldest;
    }
    boolean over =
        arrivals.size() > options.maxFrames()
            || (usage().getBytes() > options.maxBytes() && arrivals.size() > 1)
            || expiry(oldest.get(), since) <= now;
    return over ? oldest : Optional.empty();
  }

  /** Lets the oldest frame go. */
  void releaseOldest() throws Exception {
    String key = arrivals.head().orElseThrow();
    arrivals.removeHead();
    changeUsage(-slots.get(key).getBytes(), 0);
    slots.remove(key);
    frames.remove(key);
    masks.remove(key);
  }

  private long expiry(String key, long since) throws Exception {
    return Math.max(slots.get(key).getReceivedAt(), since) + options.maxAge().toMillis();
  }

  /** Whether neither frames nor labels are held. */
  boolean isIdle() throws Exception {
    return arrivals.size() == 0 && usage().getLabels() == 0;
  }

  /** Forgets the stream. */
  void clear() {
    arrivals.clear();
    marks.clear();
    marked.clear();
    usage.clear();
  }

  private JoinUsage usage() throws Exception {
    JoinUsage stored = usage.value();
    return stored == null ? new JoinUsage(0L, 0L) : stored;
  }

  private void changeUsage(long bytes, long waiting) throws Exception {
    JoinUsage now = usage();
    usage.update(new JoinUsage(now.getBytes() + bytes, now.getLabels() + waiting));
  }

  private static long size(@Nullable ByteBuffer payload) {
    return payload == null ? 0 : payload.remaining();
  }
}
