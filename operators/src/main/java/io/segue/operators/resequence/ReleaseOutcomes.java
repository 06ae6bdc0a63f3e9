package io.segue.operators.resequence;

import io.segue.operators.assign.StreamRules;
import io.segue.operators.record.DeadLetterCounters;
import io.segue.operators.record.TopicWriter;
import io.segue.schemas.avro.CutOver;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.LabelRequest;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.Skip;
import io.segue.schemas.flow.Outcome;
import io.segue.schemas.flow.ProducedRecord;
import io.segue.schemas.flow.ReleaseStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Writes the outcomes of each stream in the order of their places, each as soon as all before it
 * have been written. What belongs together comes from one call and so ends up in one transaction: a
 * cut-over directly before the first mask of the other version.
 *
 * <p>An outcome outside the order, that of a replayed dead letter, is written at once and changes
 * nothing of the stream's state. What waits is bounded by what the segment operator lets in.
 */
public final class ReleaseOutcomes extends KeyedProcessFunction<String, Outcome, ProducedRecord> {
  private static final long serialVersionUID = 1L;

  private static final ValueStateDescriptor<ReleaseStatus> STATUS =
      new ValueStateDescriptor<>("status", new AvroTypeInfo<>(ReleaseStatus.class));
  private static final MapStateDescriptor<String, Outcome> WAITING =
      new MapStateDescriptor<>("waiting", Types.STRING, new AvroTypeInfo<>(Outcome.class));

  private final TopicWriter writer;
  private final LabelRequestPolicy labelRequests;
  private final StreamRules streams;

  private transient ValueState<ReleaseStatus> statuses;
  private transient MapState<String, Outcome> waiting;
  private transient Flicker flicker;
  private transient Smoothing smoothing;
  private transient DeadLetterCounters deadLetters;
  private transient Counter skips;
  private transient Map<String, Counter> masksByPlan;

  /**
   * @param writer the way to the topics
   * @param labelRequests which frames a label is asked for
   * @param streams whose masks are smoothed
   */
  public ReleaseOutcomes(
      TopicWriter writer, LabelRequestPolicy labelRequests, StreamRules streams) {
    this.writer = writer;
    this.labelRequests = labelRequests;
    this.streams = streams;
  }

  @Override
  public void open(OpenContext context) {
    statuses = getRuntimeContext().getState(STATUS);
    waiting = getRuntimeContext().getMapState(WAITING);
    RecentMasks recent = new RecentMasks();
    flicker = new Flicker(recent, getRuntimeContext().getMetricGroup());
    smoothing = new Smoothing(recent);
    deadLetters = new DeadLetterCounters(getRuntimeContext().getMetricGroup());
    skips = getRuntimeContext().getMetricGroup().counter("skips");
    masksByPlan = new HashMap<>();
  }

  @Override
  public void processElement(Outcome outcome, Context context, Collector<ProducedRecord> out)
      throws Exception {
    long now = context.timerService().currentProcessingTime();
    ReleaseStatus status = statuses.value();
    if (status == null) {
      status = ReleaseStatus.newBuilder().setGeneration(outcome.getGeneration()).build();
    }
    if (outcome.getOrdinal() < 0 || outcome.getGeneration() < status.getGeneration()) {
      writeOutsideOrder(outcome, out);
    } else if (isNext(outcome, status)) {
      release(outcome, status, now, out);
    } else {
      hold(outcome, status);
    }
  }

  private static boolean isNext(Outcome outcome, ReleaseStatus status) {
    return outcome.getGeneration() == status.getGeneration()
        && outcome.getOrdinal() == status.getNextOrdinal();
  }

  private void hold(Outcome outcome, ReleaseStatus status) throws Exception {
    String place = place(outcome.getGeneration(), outcome.getOrdinal());
    if (outcome.getGeneration() == status.getGeneration()
        && outcome.getOrdinal() < status.getNextOrdinal()) {
      throw new IllegalStateException(
          "stream '%s': a second outcome for place %s".formatted(outcome.getStreamId(), place));
    }
    waiting.put(place, outcome);
    status.setWaiting(status.getWaiting() + 1);
    statuses.update(status);
  }

  private static String place(long generation, long ordinal) {
    return generation + "/" + ordinal;
  }

  /** Writes an outcome whose turn it is, and those that waited for it. */
  private void release(Outcome first, ReleaseStatus before, long now, Collector<ProducedRecord> out)
      throws Exception {
    ReleaseStatus status = before;
    Optional<Outcome> next = Optional.of(first);
    while (next.isPresent()) {
      Outcome outcome = next.get();
      if (outcome.getRecord() == null) {
        status = nextGeneration(status);
      } else {
        write(outcome, status, now, out);
        status.setNextOrdinal(outcome.getOrdinal() + 1);
      }
      next = takeNext(status);
    }
    boolean ended = status.getNextOrdinal() == 0 && status.getWaiting() == 0;
    statuses.update(ended ? null : status);
  }

  private Optional<Outcome> takeNext(ReleaseStatus status) throws Exception {
    if (status.getWaiting() == 0) {
      return Optional.empty();
    }
    String place = place(status.getGeneration(), status.getNextOrdinal());
    Outcome outcome = waiting.get(place);
    if (outcome == null) {
      return Optional.empty();
    }
    waiting.remove(place);
    status.setWaiting(status.getWaiting() - 1);
    return Optional.of(outcome);
  }

  /**
   * The status of the generation after one that has ended: the earliest that something waits of.
   */
  private ReleaseStatus nextGeneration(ReleaseStatus ended) throws Exception {
    long earliest = Long.MAX_VALUE;
    for (Outcome outcome : waiting.values()) {
      earliest = Math.min(earliest, outcome.getGeneration());
    }
    return ReleaseStatus.newBuilder()
        .setGeneration(earliest)
        .setWaiting(ended.getWaiting())
        .build();
  }

  private void write(Outcome outcome, ReleaseStatus status, long now, Collector<ProducedRecord> out)
      throws IOException {
    if (outcome.getRecord() instanceof Mask mask) {
      writeMask(mask, outcome, status, now, out);
    } else {
      writeOther(outcome, out);
    }
  }

  private void writeOutsideOrder(Outcome outcome, Collector<ProducedRecord> out)
      throws IOException {
    if (outcome.getRecord() instanceof Mask mask) {
      byPlan(mask.getPlan()).inc();
      out.collect(traced(writer.mask(mask), outcome));
    } else {
      writeOther(outcome, out);
    }
  }

  private void writeOther(Outcome outcome, Collector<ProducedRecord> out) throws IOException {
    if (outcome.getRecord() instanceof DeadLetter letter) {
      deadLetters.count(letter.getCause());
      out.collect(writer.deadLetter(letter));
    } else if (outcome.getRecord() instanceof Skip skip) {
      skips.inc();
      out.collect(traced(writer.skip(skip), outcome));
    }
  }

  private void writeMask(
      Mask made, Outcome outcome, ReleaseStatus status, long now, Collector<ProducedRecord> out)
      throws IOException {
    int smoothFrames = streams.of(made.getId().getStreamId()).smoothFrames();
    Mask mask = smoothing.smoothed(smoothFrames, made, status);
    byPlan(mask.getPlan()).inc();
    boolean sameModel = mask.getModel().equals(status.getModel());
    if (!sameModel || mask.getVersion() != status.getVersion()) {
      out.collect(writer.event(cutOver(mask, outcome.getInsteadOf(), status, now)));
    }
    out.collect(traced(writer.mask(withChangedShare(mask, status)), outcome));
    Optional<LabelRequestPolicy.Choice> choice =
        labelRequests.choose(mask, status.getLastLowMarginRequest());
    if (choice.isPresent()) {
      out.collect(writer.labelRequest(labelRequest(mask, choice.get(), now)));
      if (choice.get().reason().equals(LabelRequestPolicy.LOW_MARGIN)) {
        status.setLastLowMarginRequest(mask.getOrdinal());
      }
    }
    status.setModel(mask.getModel());
    status.setVersion(mask.getVersion());
    status.setLastMask(mask.getPayload());
  }

  private static ProducedRecord traced(ProducedRecord record, Outcome outcome) {
    return TopicWriter.traced(record, outcome.getTraceparent(), outcome.getTracestate());
  }

  private Counter byPlan(String plan) {
    return masksByPlan.computeIfAbsent(
        plan, id -> getRuntimeContext().getMetricGroup().addGroup("plan", id).counter("masks"));
  }

  private Mask withChangedShare(Mask mask, ReleaseStatus status) {
    return status.getLastMask() == null ? mask : flicker.measured(status.getLastMask(), mask);
  }

  private static ModelEvent cutOver(Mask mask, long insteadOf, ReleaseStatus before, long now) {
    long from = mask.getModel().equals(before.getModel()) ? before.getVersion() : 0;
    CutOver event =
        new CutOver(mask.getId(), mask.getOrdinal(), from > 0 ? from : null, mask.getVersion());
    return ModelEvent.newBuilder()
        .setModel(mask.getModel())
        .setVersion(mask.getVersion())
        .setTime(Instant.ofEpochMilli(now))
        .setReason(reason(insteadOf, before, from > 0))
        .setEvent(event)
        .build();
  }

  /** What was the case where a stream comes to a version. */
  private static String reason(long insteadOf, ReleaseStatus before, boolean sameModel) {
    if (insteadOf > 0) {
      return "version %d was refused".formatted(insteadOf);
    } else if (sameModel) {
      return "the version was warm";
    } else if (before.getModel().isEmpty()) {
      return "first mask of the stream";
    }
    return "the stream's model was '%s'".formatted(before.getModel());
  }

  private static LabelRequest labelRequest(Mask mask, LabelRequestPolicy.Choice choice, long now) {
    return new LabelRequest(
        mask.getId(),
        mask.getCaptureTime(),
        mask.getModel(),
        mask.getVersion(),
        choice.reason(),
        choice.score(),
        Instant.ofEpochMilli(now));
  }
}
