package io.segue.operators.segment;

import io.segue.model.config.Plan;
import io.segue.operators.record.DeadLetters;
import io.segue.operators.record.TopicWriter;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.MaskEncoding;
import io.segue.schemas.avro.Skip;
import io.segue.schemas.avro.TaxonomyRef;
import io.segue.schemas.flow.AdmittedFrame;
import io.segue.schemas.flow.AssignedFrame;
import io.segue.schemas.flow.Outcome;
import io.segue.schemas.flow.Refusal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes an outcome of each place in a stream's order, in whatever order they are ready; to be run
 * under {@code unorderedWait} without timeout, for the engine has its own deadline. Every frame
 * gets exactly one outcome; a defect of the engine fails the task and gives none.
 */
public final class SegmentFrames extends RichAsyncFunction<AssignedFrame, Outcome> {
  private static final long serialVersionUID = 1L;
  private static final String STAGE = "segment";

  private final HostSource hosts;
  private final String payloadRoot;
  private transient ModelHost host;
  private transient int slot;
  private transient MetricGroup metrics;
  private transient FrameLag lag;
  private transient volatile boolean closed;

  /**
   * @param hosts of this process's models
   * @param payloadRoot where payloads by reference are, a Flink file system path
   */
  public SegmentFrames(HostSource hosts, String payloadRoot) {
    this.hosts = hosts;
    this.payloadRoot = payloadRoot;
  }

  @Override
  public void open(OpenContext context) {
    host = hosts.acquire(getRuntimeContext());
    slot = host.nextSlot();
    metrics = getRuntimeContext().getMetricGroup();
    host.metrics().add(metrics);
    lag = new FrameLag(EngineThreads.Clock.SYSTEM);
    metrics.gauge("lagMillis", lag::millis);
  }

  /**
   * Frames in flight are in the savepoint or will be read again: what becomes of them is nothing.
   */
  @Override
  public void close() {
    closed = true;
    if (host != null) {
      host.metrics().remove(metrics);
      host.close();
    }
  }

  @Override
  public void asyncInvoke(AssignedFrame assigned, ResultFuture<Outcome> result) {
    AdmittedFrame frame = assigned.getFrame();
    if (frame == null) {
      result.complete(Set.of(outcome(assigned).build()));
      return;
    }
    Refusal refusal = frame.getRefusal();
    if (refusal != null) {
      DeadLetter letter = deadLetter(assigned, frame, refusal);
      result.complete(Set.of(outcome(assigned, frame).setRecord(letter).build()));
      return;
    }
    lag.begins(frame.getRecord().getTimestamp());
    var unused =
        host.submit(slot, assigned.getModel(), request(assigned, frame))
            .whenComplete((made, error) -> end(assigned, frame, made, error, result));
  }

  private void end(
      AssignedFrame assigned,
      AdmittedFrame frame,
      FrameResult made,
      @Nullable Throwable error,
      ResultFuture<Outcome> result) {
    lag.ends(frame.getRecord().getTimestamp());
    if (closed) {
      return;
    }
    if (error != null) {
      result.completeExceptionally(error);
      return;
    }
    Outcome outcome;
    try {
      outcome = outcome(assigned, frame, made);
    } catch (RuntimeException | Error e) {
      // Nobody looks at the engine's future any more: thrown on, this would leave the frame
      // waiting.
      result.completeExceptionally(e);
      return;
    }
    result.complete(Set.of(outcome));
  }

  private FrameRequest request(AssignedFrame assigned, AdmittedFrame frame) {
    long maxAge = assigned.getMaxAgeMillis();
    return new FrameRequest(
        "%s epoch %d sequence %d"
            .formatted(
                assigned.getStreamId(), frame.getId().getEpoch(), frame.getId().getSequence()),
        assigned.getStreamId(),
        assigned.getVersion(),
        Plan.parse(assigned.getPlan()),
        frame.getWidth(),
        frame.getHeight(),
        maxAge == 0 ? Long.MAX_VALUE : frame.getRecord().getTimestamp() + maxAge,
        new RecordPayload(frame.getRecord(), payloadRoot));
  }

  private static Outcome outcome(AssignedFrame assigned, AdmittedFrame frame, FrameResult made) {
    Outcome.Builder outcome = outcome(assigned, frame);
    if (made instanceof FrameResult.Segmented segmented) {
      outcome.setRecord(mask(assigned, frame, segmented));
      if (segmented.version() != assigned.getVersion()) {
        outcome.setInsteadOf(assigned.getVersion());
      }
    } else if (made instanceof FrameResult.Refused refused) {
      Refusal refusal = new Refusal(STAGE, refused.cause(), refused.message());
      outcome.setRecord(deadLetter(assigned, frame, refusal));
    } else if (made instanceof FrameResult.Skipped skipped) {
      outcome.setRecord(skip(assigned, frame, skipped));
    }
    return outcome.build();
  }

  private static Outcome.Builder outcome(AssignedFrame assigned, AdmittedFrame frame) {
    Map<String, ByteBuffer> headers = frame.getRecord().getHeaders();
    return outcome(assigned)
        .setTraceparent(headers.get(TopicWriter.TRACEPARENT))
        .setTracestate(headers.get(TopicWriter.TRACESTATE))
        .setInsteadOf(assigned.getInsteadOf());
  }

  private static Outcome.Builder outcome(AssignedFrame assigned) {
    return Outcome.newBuilder()
        .setStreamId(assigned.getStreamId())
        .setGeneration(assigned.getGeneration())
        .setOrdinal(assigned.getOrdinal());
  }

  private static Mask mask(
      AssignedFrame assigned, AdmittedFrame frame, FrameResult.Segmented segmented) {
    Mask.Builder mask =
        Mask.newBuilder()
            .setId(frame.getId())
            .setCaptureTime(Instant.ofEpochMilli(frame.getCaptureTime()))
            .setModel(assigned.getModel())
            .setVersion(segmented.version())
            .setPlan(segmented.plan().id())
            .setTaxonomy(new TaxonomyRef(segmented.taxonomy().id(), segmented.taxonomy().version()))
            .setWidth(segmented.width())
            .setHeight(segmented.height())
            .setEncoding(MaskEncoding.PNG_INDEXED)
            .setPayload(ByteBuffer.wrap(segmented.mask()))
            .setOrdinal(assigned.getOrdinal())
            .setLate(assigned.getLate())
            .setReplayOf(frame.getReplayOf());
    FrameResult.Certainty certainty = segmented.certainty();
    if (!Float.isNaN(certainty.margin())) {
      mask.setMargin(certainty.margin());
    }
    if (!Float.isNaN(certainty.entropy())) {
      mask.setEntropy(certainty.entropy());
    }
    if (!Float.isNaN(certainty.variance())) {
      mask.setVariance(certainty.variance());
    }
    return mask.build();
  }

  private static DeadLetter deadLetter(
      AssignedFrame assigned, AdmittedFrame frame, Refusal refusal) {
    DeadLetter.Builder letter =
        DeadLetter.newBuilder(
            new DeadLetters(refusal.getStage())
                .of(
                    frame.getRecord(),
                    Optional.of(frame.getId()),
                    refusal.getCause(),
                    refusal.getMessage(),
                    System.currentTimeMillis()));
    if (assigned.getOrdinal() >= 0) {
      letter.setOrdinal(assigned.getOrdinal());
    }
    if (assigned.getVersion() > 0) {
      letter.setModel(assigned.getModel()).setVersion(assigned.getVersion());
    }
    return letter.build();
  }

  private static Skip skip(
      AssignedFrame assigned, AdmittedFrame frame, FrameResult.Skipped skipped) {
    return new Skip(
        frame.getId(),
        Instant.ofEpochMilli(frame.getCaptureTime()),
        assigned.getOrdinal(),
        "max-age",
        assigned.getMaxAgeMillis() + skipped.lateMillis(),
        assigned.getMaxAgeMillis());
  }
}
