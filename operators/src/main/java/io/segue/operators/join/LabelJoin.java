package io.segue.operators.join;

import io.segue.connectors.image.DecodedMask;
import io.segue.connectors.image.MaskCodec;
import io.segue.operators.admit.FrameLimits;
import io.segue.operators.record.DeadLetters;
import io.segue.operators.record.FrameIds;
import io.segue.operators.record.LabelOrder;
import io.segue.operators.record.PayloadReader;
import io.segue.operators.record.SideOutputs;
import io.segue.operators.record.TopicRecords;
import io.segue.operators.record.UnreadableRecordException;
import io.segue.operators.replay.Part;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.HeldFrame;
import io.segue.schemas.flow.HeldLabel;
import io.segue.schemas.flow.JoinInput;
import io.segue.schemas.flow.LabelMark;
import io.segue.schemas.flow.LabelledFrame;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Gives each label its frame and the mask that was served for it, in whatever order the three come;
 * the key is the stream.
 *
 * <p>Every label has one end: it goes on with its frame; it is dropped and counted as a repeat or
 * because a higher one is there ({@link LabelOrder}); or it is a dead letter, at once if it breaks
 * the rules, after {@link JoinOptions#labelWait()} if its frame is unknown. A label whose frame
 * came but whose mask did not goes on without it when the wait ends or the frame has to go. A
 * higher label of a frame that is still held goes on like the first.
 *
 * <p>Waits and ages begin anew when a job is restored: the time that it was down has brought no
 * frames, so what was waited for may be among the first records to come.
 */
public final class LabelJoin extends KeyedProcessFunction<String, JoinInput, LabelledFrame> {
  private static final long SWEEPS_PER_AGE = 10;
  private static final long UNKNOWN = Long.MIN_VALUE;

  private final JoinOptions options;
  private final LabelRules rules;
  private final PayloadReader payloads;
  private final FrameLimits limits;
  private final DeadLetters deadLetters = new DeadLetters("join-labels");

  private transient long resumedAt;
  private transient LabelCheck check;
  private transient StreamHoldings held;
  private transient Counter joined;
  private transient Counter repeated;
  private transient Counter superseded;
  private transient Counter unscored;

  /**
   * Joins labels that keep to the rules.
   *
   * @param limits of the frames that are let in, and so of their labels
   */
  public LabelJoin(
      JoinOptions options, LabelRules rules, PayloadReader payloads, FrameLimits limits) {
    this.options = options;
    this.rules = rules;
    this.payloads = payloads;
    this.limits = limits;
  }

  @Override
  public void open(OpenContext context) {
    resumedAt = UNKNOWN;
    check = new LabelCheck(rules, payloads, limits.image());
    held = new StreamHoldings(getRuntimeContext(), options);
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    joined = metrics.counter("joinedLabels");
    repeated = metrics.counter("repeatedLabels");
    superseded = metrics.counter("supersededLabels");
    unscored = metrics.counter("labelsWithoutMask");
  }

  @Override
  public void processElement(JoinInput input, Context context, Collector<LabelledFrame> out)
      throws Exception {
    String key = FrameIds.withinStream(input.getId());
    long now = now(context);
    Object item = input.getItem();
    if (item instanceof HeldFrame frame) {
      if (held.hold(key, frame, now)) {
        registerSweep(context, now);
      }
    } else if (item instanceof Mask mask) {
      if (held.hold(key, mask, now)) {
        registerSweep(context, now);
      }
    } else if (item instanceof HeldLabel label) {
      receive(key, input.getId(), label, now, context);
    }
    if (held.frame(key).isPresent() && held.mask(key).isPresent()) {
      complete(key, now, context, out);
    }
    release(now, context, out);
  }

  private void receive(String key, FrameId id, HeldLabel label, long now, Context context)
      throws Exception {
    if (!isNew(key, label)) {
      return;
    }
    try {
      check.decode(read(label));
    } catch (LabelRefusedException e) {
      refuse(label, id, e.deadLetterCause(), e.getMessage(), now, context);
      return;
    }
    HeldLabel waiting = HeldLabel.newBuilder(label).build();
    waiting.setDeadline(now + options.labelWait().toMillis());
    if (held.await(key, waiting)) {
      context.timerService().registerProcessingTimeTimer(waiting.getDeadline());
    } else {
      refuse(
          label,
          id,
          DeadLetterCause.UNKNOWN_FRAME,
          "label of frame %s: %d labels of the stream wait already; raise maxLabels or send labels after their frames"
              .formatted(FrameIds.text(id), options.maxLabels()),
          now,
          context);
    }
  }

  private boolean isNew(String key, HeldLabel label) throws Exception {
    int order = 1;
    Optional<LabelMark> mark = held.mark(key);
    if (mark.isPresent()) {
      order = compare(label, mark.get().getRevision(), mark.get().getAnnotator());
    }
    Optional<HeldLabel> waiting = held.waiting(key);
    if (order > 0 && waiting.isPresent()) {
      order = compare(label, waiting.get().getRevision(), waiting.get().getAnnotator());
      if (order > 0) {
        superseded.inc();
      }
    }
    if (order == 0) {
      repeated.inc();
    } else if (order < 0) {
      superseded.inc();
    }
    return order > 0;
  }

  private static int compare(HeldLabel label, int revision, String annotator) {
    return LabelOrder.compare(label.getRevision(), label.getAnnotator(), revision, annotator);
  }

  /** Sends the label that waits for this frame on its way, if there is one. */
  private void complete(String key, long now, Context context, Collector<LabelledFrame> out)
      throws Exception {
    Optional<HeldLabel> waiting = held.waiting(key);
    if (waiting.isEmpty()) {
      return;
    }
    held.endWait(key);
    HeldLabel label = waiting.get();
    HeldFrame frame = held.frame(key).orElseThrow();
    try {
      out.collect(labelled(read(label), frame, held.mask(key)));
      held.mark(key, label);
      joined.inc();
    } catch (LabelRefusedException e) {
      FrameId id = frame.getFrame().getId();
      refuse(label, id, e.deadLetterCause(), e.getMessage(), now, context);
    }
  }

  private LabelledFrame labelled(Label label, HeldFrame held, Optional<Mask> mask)
      throws LabelRefusedException {
    if (mask.isEmpty()) {
      unscored.inc();
    }
    Frame frame = held.getFrame();
    DecodedMask classes = check.decode(label);
    LabelCheck.Image image = check.image(label, frame);
    byte[] grey =
        MaskCodec.encodeGrey(ByteBuffer.wrap(classes.indices()), classes.width(), classes.height());
    return LabelledFrame.newBuilder()
        .setId(frame.getId())
        .setCaptureTime(frame.getCaptureTime().toEpochMilli())
        .setTimestamp(held.getTimestamp())
        .setWidth(image.width())
        .setHeight(image.height())
        .setImage(image.bytes())
        .setLabel(ByteBuffer.wrap(grey))
        .setTaxonomy(label.getTaxonomy())
        .setRevision(label.getRevision())
        .setAnnotator(label.getAnnotator())
        .setPart(frame.getAttributes().get(Part.ATTRIBUTE))
        .setMask(mask.orElse(null))
        .build();
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<LabelledFrame> out)
      throws Exception {
    long now = now(context);
    long firstEnd = resumedAt + options.labelWait().toMillis();
    if (now >= firstEnd) {
      endWaits(now, context, out);
    } else {
      context.timerService().registerProcessingTimeTimer(firstEnd);
    }
    release(now, context, out);
    if (held.isIdle()) {
      held.clear();
    } else if (now < resumedAt + options.maxAge().toMillis()) {
      registerSweep(context, resumedAt);
    }
  }

  /** The processing time; the first that is asked for is when this attempt began. */
  private long now(Context context) {
    long now = context.timerService().currentProcessingTime();
    if (resumedAt == UNKNOWN) {
      resumedAt = now;
    }
    return now;
  }

  private void endWaits(long now, Context context, Collector<LabelledFrame> out) throws Exception {
    for (String key : held.overdue(now)) {
      if (held.frame(key).isPresent()) {
        complete(key, now, context, out);
      } else {
        HeldLabel label = held.waiting(key).orElseThrow();
        held.endWait(key);
        FrameId id = read(label).getId();
        refuse(
            label,
            id,
            DeadLetterCause.UNKNOWN_FRAME,
            "label of frame %s: the frame is not among the newest %d of its stream and did not come within %s; check the identity, or raise maxFrames or labelWait"
                .formatted(FrameIds.text(id), options.maxFrames(), options.labelWait()),
            now,
            context);
      }
    }
  }

  /** Lets go what is beyond the limits; a label that waits only for the mask goes on without it. */
  private void release(long now, Context context, Collector<LabelledFrame> out) throws Exception {
    for (Optional<String> key = held.surplus(now, resumedAt);
        key.isPresent();
        key = held.surplus(now, resumedAt)) {
      if (held.frame(key.get()).isPresent()) {
        complete(key.get(), now, context, out);
      }
      held.releaseOldest();
    }
  }

  /** One timer for all frames that came within a tenth of the age limit. */
  private void registerSweep(Context context, long now) {
    long step = Math.max(1, options.maxAge().toMillis() / SWEEPS_PER_AGE);
    long due = now + options.maxAge().toMillis();
    context.timerService().registerProcessingTimeTimer((due / step + 1) * step);
  }

  private void refuse(
      HeldLabel label,
      FrameId id,
      DeadLetterCause cause,
      String message,
      long now,
      Context context) {
    ConsumedRecord record = label.getRecord();
    context.output(
        SideOutputs.DEAD_LETTERS, deadLetters.of(record, Optional.of(id), cause, message, now));
  }

  private static Label read(HeldLabel label) {
    try {
      return TopicRecords.value(label.getRecord(), Label.class);
    } catch (UnreadableRecordException e) {
      throw new IllegalStateException("a label that was read before cannot be read again", e);
    }
  }
}
