package io.segue.operators.segment;

import io.segue.model.serve.Segmentation;
import io.segue.schemas.avro.DeadLetterCause;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Infers batches: the frames of one in one call or, where that fails, each by itself, so that only
 * the guilty one is refused; hands their masks on; and lets the shadow have a frame afterwards. A
 * call that does not end in time fails the engine, or ends the shadow. Thread-safe: batches may be
 * inferred side by side.
 */
final class BatchInference {
  /** What the engine around it knows and does. */
  interface Engine {
    /** Whether the shadow may have a frame of a batch that has just been inferred. */
    boolean shadowMayRun();

    /** The frames of a batch are served; a shadow that needs its pixels does not hold them up. */
    void lendToShadow(Batch batch);

    void encodingBegins();

    void encodingEnds();

    /** Every frame in flight and every later one fails. */
    void fail(Throwable cause);

    boolean hasFailed();
  }

  private static final Logger LOG = LoggerFactory.getLogger(BatchInference.class);

  /** So many frames on end that cannot be inferred are the engine's fault, not each one's own. */
  static final int MAX_FAILED_ON_END = 100;

  private final Engine engine;
  private final ModelVersions versions;
  private final Duration deadline;
  private final EngineThreads threads;
  private final EngineMeter meter;
  private final PlanLadders ladders;
  private final MaskDelivery delivery;
  private final ShadowReports shadows;
  private final AtomicInteger failedOnEnd = new AtomicInteger();

  /**
   * @param deadline of one call, from its start
   */
  BatchInference(
      Engine engine,
      ModelVersions versions,
      Duration deadline,
      EngineThreads threads,
      EngineMeter meter,
      PlanLadders ladders,
      MaskDelivery delivery,
      ShadowReports shadows) {
    this.engine = engine;
    this.versions = versions;
    this.deadline = deadline;
    this.threads = threads;
    this.meter = meter;
    this.ladders = ladders;
    this.delivery = delivery;
    this.shadows = shadows;
  }

  /** Infers a batch that is closed and whose frames are all decoded. */
  void run(Batch batch, List<FrameTask> frames) {
    versions.serving(batch.key().version());
    Optional<ShadowRun> shadow = inferTogether(batch, frames);
    shadow.ifPresent(run -> runShadow(batch, run));
  }

  /** Infers all frames in one call, or else each by itself; perhaps the shadow is to have one. */
  private Optional<ShadowRun> inferTogether(Batch batch, List<FrameTask> frames) {
    if (frames.size() > 1) {
      try {
        return infer(batch, 0, frames, Optional.empty());
      } catch (RuntimeException e) {
        LOG.warn("A batch of {} frames failed; trying them one by one", frames.size(), e);
      }
    }
    Optional<ShadowRun> shadow = Optional.empty();
    for (int slot = 0; slot < frames.size() && !engine.hasFailed(); slot++) {
      FrameTask task = frames.get(slot);
      try {
        shadow = infer(batch, slot, List.of(task), shadow);
      } catch (RuntimeException e) {
        cannotBeInferred(batch.key(), task, e);
      }
    }
    return shadow;
  }

  private void cannotBeInferred(Batch.Key key, FrameTask task, RuntimeException cause) {
    String message =
        "%s: inference by version %d under plan %s failed: %s"
            .formatted(
                task.request().name(),
                key.version().version(),
                key.plan().id(),
                cause.getMessage());
    if (failedOnEnd.incrementAndGet() < MAX_FAILED_ON_END) {
      task.end(new FrameResult.Refused(DeadLetterCause.INFERENCE_FAILED, message));
    } else {
      engine.fail(
          new IllegalStateException(
              "%d frames on end could not be inferred, the last: %s"
                  .formatted(MAX_FAILED_ON_END, message),
              cause));
    }
  }

  /**
   * Infers frames that lie side by side and hands their masks on.
   *
   * @param begun what the shadow has of this batch already
   * @return what it has now: one frame of a batch at most
   */
  private Optional<ShadowRun> infer(
      Batch batch, int slot, List<FrameTask> frames, Optional<ShadowRun> begun) {
    Batch.Key key = batch.key();
    long started = threads.clock().nanos();
    ladders.inferenceBegins();
    Segmentation made;
    try {
      made = segment(batch, key.version(), slot, frames.size(), () -> hung(key, frames.size()));
    } finally {
      ladders.inferenceEnds();
    }
    failedOnEnd.set(0);
    meter.inferred(frames.size(), threads.clock().nanos() - started);
    Optional<ShadowRun> shadow =
        begun.isEmpty() && engine.shadowMayRun()
            ? ShadowRun.begin(versions, shadows, key, slot, frames.get(0), made.mask(0))
            : begun;
    engine.encodingBegins();
    delivery.deliver(key, frames, made, engine::encodingEnds);
    return shadow;
  }

  private void runShadow(Batch batch, ShadowRun run) {
    engine.lendToShadow(batch);
    run.run(
        version ->
            segment(
                batch,
                version,
                run.slot(),
                1,
                () -> run.failed("it has not ended within " + deadline)));
  }

  private Segmentation segment(
      Batch batch, LoadedVersion version, int slot, int frames, Runnable hung) {
    Batch.Key key = batch.key();
    Runnable cancelWatch = threads.timer().after(deadline.toNanos(), hung);
    try {
      return version
          .serving()
          .segment(batch.pixelsFrom(slot), frames, key.height(), key.width(), key.plan());
    } finally {
      cancelWatch.run();
    }
  }

  private void hung(Batch.Key key, int frames) {
    engine.fail(
        new EngineHungException(
            "version %d, plan %s: inference of %d frames of %d×%d pixels has not ended within %s;"
                    .formatted(
                        key.version().version(),
                        key.plan().id(),
                        frames,
                        key.width(),
                        key.height(),
                        deadline)
                + " raise serving.deadline if the machine is that slow"));
  }
}
