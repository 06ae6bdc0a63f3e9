package io.segue.operators.assign;

import io.segue.operators.assign.IdentityWindows.Sighting;
import io.segue.operators.record.TopicWriter;
import io.segue.operators.segment.HostSource;
import io.segue.operators.segment.ModelHost;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.AdmittedFrame;
import io.segue.schemas.flow.AssignedFrame;
import io.segue.schemas.flow.ProducedRecord;
import io.segue.schemas.flow.Refusal;
import io.segue.schemas.flow.StreamAssignment;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Gives each frame its place in its stream and the version that is to serve it.
 *
 * <p>Each identity gets one place; a repeat is dropped and counted, in the metric {@link
 * #REPEAT_METRIC} as well. A frame whose identity is too old to be told from a repeat gets a place
 * and a refusal. A stream moves to another version only once that one is warm in this very process,
 * but for a timed activation, which its frames wait for; after a restore it goes on with the
 * version it was on, and its frames wait for it. Announced states are broadcast state: what a
 * restore brings back wins over the initial table, and a lower revision is ignored.
 *
 * <p>A replayed dead letter stands outside the order and is no repeat of its original. The state of
 * a stream that stays silent for the time to live ends with a place of its own, after which
 * ordinals start again in a new generation.
 */
public final class AssignVersion
    extends KeyedBroadcastProcessFunction<String, AdmittedFrame, ModelState, AssignedFrame>
    implements CheckpointedFunction {
  /** Announced states by model. */
  public static final MapStateDescriptor<String, ModelState> MODELS =
      new MapStateDescriptor<>("models", Types.STRING, new AvroTypeInfo<>(ModelState.class));

  /** Metrics of dropped repeats and of gaps. */
  public static final OutputTag<ProducedRecord> RECORDS =
      new OutputTag<>("records", new AvroTypeInfo<>(ProducedRecord.class));

  /** Name of the metric with value 1 and the frame's identity for each dropped repeat. */
  public static final String REPEAT_METRIC = "frames/repeat";

  /**
   * Name of the metric with the number of sequences left out before a frame, and -1 for a late
   * frame that had been left out: the sum is what is still missing.
   */
  public static final String GAP_METRIC = "frames/gap";

  private static final long serialVersionUID = 1L;
  private static final String STAGE = "assign";
  private static final long OUTSIDE_ORDER = -1;

  /** What is in flight after a restore ends within this time, or its task fails. */
  private static final long SETTLE_MILLIS = Duration.ofMinutes(10).toMillis();

  /** A capture time further ahead than this is counted as one from the future. */
  private static final long CLOCK_SKEW_MILLIS = Duration.ofMinutes(1).toMillis();

  private static final ValueStateDescriptor<StreamAssignment> STREAM =
      new ValueStateDescriptor<>("stream", new AvroTypeInfo<>(StreamAssignment.class));

  private final StreamRules rules;
  private final IdentityWindows windows;
  private final Duration streamTtl;
  private final List<ModelState> initial;
  private final HostSource hosts;
  private final TopicWriter writer;

  private transient ModelHost host;
  private transient ValueState<StreamAssignment> streams;
  private transient BroadcastState<String, ModelState> models;
  private transient Counter repeats;
  private transient Counter late;
  private transient Counter gaps;
  private transient Counter missing;
  private transient Counter found;
  private transient Counter future;
  private transient long opened;

  /**
   * @param rules which stream uses which model and plan
   * @param identities how far back repeats are told
   * @param streamTtl silence after which a stream's state is given up
   * @param initial announced states as of the job's start, one for each model of the rules at least
   * @param hosts of this process's models
   * @param writer the way to the topics
   */
  public AssignVersion(
      StreamRules rules,
      IdentityOptions identities,
      Duration streamTtl,
      List<ModelState> initial,
      HostSource hosts,
      TopicWriter writer) {
    this.rules = rules;
    this.windows = identities.windows();
    this.streamTtl = streamTtl;
    this.initial = List.copyOf(initial);
    this.hosts = hosts;
    this.writer = writer;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    models = context.getOperatorStateStore().getBroadcastState(MODELS);
    for (ModelState state : initial) {
      if (!models.contains(state.getModel())) {
        models.put(state.getModel(), state);
      }
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    // All state is Flink's own.
  }

  @Override
  public void open(OpenContext context) throws Exception {
    streams = getRuntimeContext().getState(STREAM);
    repeats = getRuntimeContext().getMetricGroup().counter("droppedRepeats");
    late = getRuntimeContext().getMetricGroup().counter("lateFrames");
    gaps = getRuntimeContext().getMetricGroup().counter("sequenceGaps");
    missing = getRuntimeContext().getMetricGroup().counter("missingSequences");
    found = getRuntimeContext().getMetricGroup().counter("foundSequences");
    future = getRuntimeContext().getMetricGroup().counter("futureFrames");
    opened = System.currentTimeMillis();
    host = hosts.acquire(getRuntimeContext());
    rules.rules().forEach(rule -> host.declare(rule.model(), rule.ladder()));
    announceAll();
  }

  private void announceAll() throws Exception {
    for (Map.Entry<String, ModelState> entry : models.immutableEntries()) {
      host.announce(entry.getValue());
    }
  }

  @Override
  public void close() {
    if (host != null) {
      host.close();
    }
  }

  @Override
  public void processBroadcastElement(
      ModelState state, Context context, Collector<AssignedFrame> out) throws Exception {
    BroadcastState<String, ModelState> table = context.getBroadcastState(MODELS);
    ModelState known = table.get(state.getModel());
    if (known == null || known.getRevision() < state.getRevision()) {
      table.put(state.getModel(), state);
      host.announce(state);
    }
  }

  @Override
  public void processElement(
      AdmittedFrame frame, ReadOnlyContext context, Collector<AssignedFrame> out) throws Exception {
    if (frame.getReplayOf() != null) {
      out.collect(outsideOrder(frame, context));
      return;
    }
    long now = context.timerService().currentProcessingTime();
    StreamAssignment stream = streams.value();
    if (stream == null) {
      stream =
          StreamAssignment.newBuilder()
              .setGeneration(now)
              .setIdentities(IdentityWindows.none())
              .build();
      context.timerService().registerProcessingTimeTimer(now + streamTtl.toMillis());
    }
    stream.setLastSeen(now);
    if (frame.getCaptureTime() > now + CLOCK_SKEW_MILLIS) {
      future.inc();
    }
    FrameId id = frame.getId();
    Sighting sighting = windows.observe(stream.getIdentities(), id.getEpoch(), id.getSequence());
    switch (sighting.kind()) {
      case REPEAT -> dropRepeat(frame, now, context);
      case EXPIRED -> out.collect(place(expired(frame), stream, false, context));
      case LATE -> {
        late.inc();
        if (sighting.gap() < 0) {
          found.inc();
          context.output(RECORDS, metric(GAP_METRIC, (double) sighting.gap(), id, now));
        }
        out.collect(place(frame, stream, true, context));
      }
      case NEW -> {
        if (sighting.gap() > 0) {
          gaps.inc();
          missing.inc(sighting.gap());
          context.output(RECORDS, metric(GAP_METRIC, (double) sighting.gap(), id, now));
        }
        out.collect(place(frame, stream, false, context));
      }
    }
    streams.update(stream);
  }

  private void dropRepeat(AdmittedFrame frame, long now, ReadOnlyContext context)
      throws IOException {
    repeats.inc();
    context.output(RECORDS, metric(REPEAT_METRIC, 1, frame.getId(), now));
  }

  private ProducedRecord metric(String name, double value, FrameId id, long now)
      throws IOException {
    return writer.metric(
        Metric.newBuilder()
            .setName(name)
            .setTime(Instant.ofEpochMilli(now))
            .setValue(value)
            .setStreamId(id.getStreamId())
            .setId(id)
            .build());
  }

  private AdmittedFrame expired(AdmittedFrame frame) {
    String message =
        "%s: only the latest %d sequences of the latest %d runs of a stream can be told from repeats; send frames sooner, or begin a new epoch"
            .formatted(frame.getId(), windows.window(), windows.epochs());
    return AdmittedFrame.newBuilder(frame)
        .setRefusal(new Refusal(STAGE, DeadLetterCause.EXPIRED_IDENTITY, message))
        .build();
  }

  /** The next place of the stream, with the version that serves it. */
  private AssignedFrame place(
      AdmittedFrame frame, StreamAssignment stream, boolean isLate, ReadOnlyContext context)
      throws Exception {
    StreamRule rule = rules.of(frame.getId().getStreamId());
    if (!rule.model().equals(stream.getModel())) {
      stream.setModel(rule.model());
      stream.setVersion(0);
    }
    long insteadOf = 0;
    if (frame.getRefusal() == null) {
      Choice choice = choose(frame, rule.model(), stream.getVersion(), context);
      stream.setVersion(choice.version());
      insteadOf = choice.insteadOf();
    }
    long ordinal = stream.getNextOrdinal();
    stream.setNextOrdinal(ordinal + 1);
    return assigned(frame, rule, stream.getVersion())
        .setGeneration(stream.getGeneration())
        .setOrdinal(ordinal)
        .setLate(isLate)
        .setInsteadOf(insteadOf)
        .setMaxAgeMillis(rule.maxAgeMillis())
        .build();
  }

  /** A replay is asked for, however old its frame is: no overload policy holds for it. */
  private AssignedFrame outsideOrder(AdmittedFrame frame, ReadOnlyContext context)
      throws Exception {
    StreamRule rule = rules.of(frame.getId().getStreamId());
    return assigned(frame, rule, choose(frame, rule.model(), 0, context).version())
        .setGeneration(0)
        .setOrdinal(OUTSIDE_ORDER)
        .build();
  }

  private AssignedFrame.Builder assigned(AdmittedFrame frame, StreamRule rule, long version) {
    String plan =
        rule.cheaperPlans().isEmpty() ? rule.plan() : host.plan(rule.model(), rule.ladder()).id();
    return AssignedFrame.newBuilder()
        .setStreamId(frame.getId().getStreamId())
        .setFrame(frame)
        .setModel(rule.model())
        .setVersion(version)
        .setPlan(plan);
  }

  /**
   * The version that serves a frame.
   *
   * @param insteadOf the version that the stream should have moved to but that was refused here,
   *     where it moves to another one; 0 otherwise
   */
  private record Choice(long version, long insteadOf) {}

  private Choice choose(AdmittedFrame frame, String model, long current, ReadOnlyContext context)
      throws Exception {
    ReadOnlyBroadcastState<String, ModelState> table = context.getBroadcastState(MODELS);
    ModelState state = table.get(model);
    if (state == null) {
      throw new IllegalStateException(
          "model '%s' of stream '%s' has not been announced; activate a version of it, or restart the job once it is"
              .formatted(model, frame.getId().getStreamId()));
    }
    DesiredVersion desired =
        DesiredVersion.of(state, frame.getId().getStreamId(), frame.getCaptureTime(), current);
    long next = desired.next(state, current, version -> host.readiness(model, version));
    return new Choice(next, next == desired.version() || next == current ? 0 : desired.version());
  }

  /** Ends the stream's state if it has been silent, and looks again later if not. */
  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<AssignedFrame> out)
      throws Exception {
    StreamAssignment stream = streams.value();
    if (stream == null) {
      return;
    }
    long now = context.timerService().currentProcessingTime();
    long ttl = streamTtl.toMillis();
    long end = Math.max(stream.getLastSeen() + ttl, opened + Math.min(ttl, SETTLE_MILLIS));
    if (now < end) {
      context.timerService().registerProcessingTimeTimer(end);
      return;
    }
    streams.clear();
    out.collect(
        AssignedFrame.newBuilder()
            .setStreamId(context.getCurrentKey())
            .setGeneration(stream.getGeneration())
            .setOrdinal(stream.getNextOrdinal())
            .build());
  }
}
