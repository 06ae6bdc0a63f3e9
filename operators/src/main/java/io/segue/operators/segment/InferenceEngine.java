package io.segue.operators.segment;

import io.segue.connectors.image.ImageHeader;
import io.segue.model.config.Plan;
import io.segue.schemas.avro.DeadLetterCause;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Segments frames of one model for all subtasks of a process: gathers them into batches of one
 * version, plan and size, decodes them on a pool straight into the batch's buffer, infers them and
 * encodes the masks on the pool while the next batch runs. A lone batch has the engine to itself; a
 * full one that waits behind it runs beside it, in what the steps of one inference that wait for
 * each other leave of the processor.
 *
 * <p>What is wrong with a frame stays with that frame: if a batch fails, its frames are inferred
 * one by one, and only the guilty one is refused. What is wrong with the engine is nobody's dead
 * letter: a hung inference, an {@link Error} or too many frames on end that cannot be inferred fail
 * every frame in flight, and so their tasks.
 */
final class InferenceEngine {
  /** A busy engine lets the shadow infer one frame of every so many batches. */
  private static final long BATCHES_PER_SHADOW_FRAME = 20;

  private final ModelVersions versions;
  private final ServingOptions options;
  private final ImageCodec codec;
  private final EngineThreads threads;
  private final EngineMeter meter;
  private final PlanLadders ladders;
  private final BatchInference inference;
  private final Set<FrameTask> inFlight = ConcurrentHashMap.newKeySet();

  private final Object lock = new Object();
  private final BatchQueue queue;
  private final RunningBatches running;
  private boolean alarmSet;
  private @Nullable Throwable failure;

  InferenceEngine(
      ModelVersions versions,
      ServingOptions options,
      ImageCodec codec,
      EngineThreads threads,
      EngineMeter meter,
      RecentFrames recent,
      ShadowReports shadows) {
    this.versions = versions;
    this.options = options;
    this.codec = codec;
    this.threads = threads;
    this.meter = meter;
    this.ladders = new PlanLadders(threads.clock());
    this.inference =
        new BatchInference(
            new Surroundings(),
            versions,
            options.deadline(),
            threads,
            meter,
            ladders,
            new MaskDelivery(codec, threads, meter, recent),
            shadows);
    this.queue = new BatchQueue(options);
    this.running = new RunningBatches(options.maxPlanBytes());
  }

  /**
   * Segments a frame. If its version is still loading, the frame waits for it; if that version
   * cannot be had, another of the model's announced ones serves it.
   *
   * @return completed exceptionally only where the engine, not the frame, is at fault
   */
  CompletableFuture<FrameResult> submit(FrameRequest request) {
    CompletableFuture<FrameResult> result = new CompletableFuture<>();
    FrameTask task = new FrameTask(request, result, threads.clock().nanos());
    inFlight.add(task);
    var unusedRemoval = result.whenComplete((done, error) -> inFlight.remove(task));
    Throwable broken = failure();
    if (broken != null) {
      task.fail(broken);
      return result;
    }
    var unusedLease =
        versions
            .lease(request.version())
            .whenComplete(
                (version, error) -> {
                  if (error != null) {
                    task.fail(error);
                  } else if (task.hold(version, threads.clock().nanos())) {
                    admit(task, version);
                  }
                });
    return result;
  }

  /** The plan of a ladder that the next frame is to have under the present load. */
  Plan plan(List<Plan> ladder) {
    return ladders.choose(ladder);
  }

  /** Frames that wait for a place in a batch. */
  int queueDepth() {
    synchronized (lock) {
      return queue.waiting();
    }
  }

  private void admit(FrameTask task, LoadedVersion version) {
    FrameRequest request = task.request();
    if (request.width() > 0) {
      task.attempt(() -> enqueue(task, version, request.width(), request.height()));
      return;
    }
    threads
        .pool()
        .execute(
            () ->
                task.attempt(
                    () -> {
                      ImageHeader header = codec.header(task.encoded());
                      enqueue(task, version, header.width(), header.height());
                    }));
  }

  private void enqueue(FrameTask task, LoadedVersion version, int width, int height)
      throws FrameRefusedException {
    Plan plan = task.request().plan();
    requireFits(version, plan);
    long bytes = PlanMemory.bytes(version.serving().spec(), plan, 1, width, height);
    if (bytes > options.maxPlanBytes()) {
      throw new FrameRefusedException(
          DeadLetterCause.IMAGE_TOO_LARGE,
          "%d×%d pixels under plan %s would take about %d MiB, segment.serving.max_plan_bytes is %d MiB; raise it, choose a smaller plan or send smaller frames"
              .formatted(width, height, plan.id(), bytes >> 20, options.maxPlanBytes() >> 20));
    }
    Batch.Key key = new Batch.Key(version, plan, width, height);
    synchronized (lock) {
      queue.add(key, task);
      advance();
    }
  }

  private static void requireFits(LoadedVersion version, Plan plan) throws FrameRefusedException {
    try {
      version.serving().requireFits(plan);
    } catch (IllegalArgumentException e) {
      throw new FrameRefusedException(
          DeadLetterCause.UNSUPPORTED_SIZE, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Gives waiting frames their places and starts the next inference if one can start. What goes
   * wrong here has no frame that it belongs to, and mostly no caller who would hear of it.
   */
  private void advance() {
    try {
      placeAndStart();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void placeAndStart() {
    long now = threads.clock().nanos();
    while (true) {
      queue
          .place(now, this::dropped)
          .forEach(placement -> threads.pool().execute(() -> decode(placement)));
      if (failure != null || !running.mayBegin()) {
        return;
      }
      Optional<Batch> next =
          running.isIdle() ? queue.next(now) : queue.nextBeside(now, running::fits);
      if (next.isEmpty()) {
        if (running.isIdle()) {
          setAlarm(now);
        }
        return;
      }
      start(next.get());
    }
  }

  /** Whether a frame whose turn has come is not to be inferred any more. */
  private boolean dropped(FrameTask task) {
    long late = threads.clock().millis() - task.request().bestBefore();
    if (late > 0) {
      task.end(new FrameResult.Skipped(late));
    }
    return task.isDone();
  }

  private void start(Batch batch) {
    List<FrameTask> frames = batch.close();
    if (frames.isEmpty()) {
      queue.recycle(batch);
    } else {
      running.begin(batch);
      threads.inference().execute(() -> infer(batch, frames));
    }
  }

  /** Looks again when the delay of a batch that could still fill is over. */
  private void setAlarm(long now) {
    Optional<Long> due = queue.nextDue(now);
    if (due.isPresent() && !alarmSet) {
      alarmSet = true;
      threads.timer().after(due.get(), this::alarm);
    }
  }

  private void alarm() {
    synchronized (lock) {
      alarmSet = false;
      advance();
    }
  }

  private void decode(BatchQueue.Placement placement) {
    FrameTask task = placement.task();
    Batch.Key key = placement.batch().key();
    long started = threads.clock().nanos();
    task.attempt(() -> codec.decode(task.encoded(), key.width(), key.height(), placement.pixels()));
    if (!task.isDone()) {
      meter.decoded(started - task.arrived(), threads.clock().nanos() - started);
    }
    ladders.waited(started - task.leased());
    synchronized (lock) {
      placement.batch().decoded();
      advance();
    }
  }

  private void infer(Batch batch, List<FrameTask> frames) {
    try {
      inference.run(batch, frames);
    } catch (Error e) {
      fail(e);
      throw e;
    } finally {
      synchronized (lock) {
        running.end(batch);
        queue.recycle(batch);
        advance();
      }
    }
  }

  /** Gives up: every frame in flight and every later one fails with this cause. */
  void fail(Throwable cause) {
    synchronized (lock) {
      if (failure == null) {
        failure = cause;
      }
    }
    inFlight.forEach(task -> task.fail(cause));
  }

  /** Whether the engine has given up. */
  boolean hasFailed() {
    return failure() != null;
  }

  private @Nullable Throwable failure() {
    synchronized (lock) {
      return failure;
    }
  }

  /** What an inference asks and tells this engine. */
  private final class Surroundings implements BatchInference.Engine {
    /** The shadow has what time is left; of a busy engine, now and then a frame. */
    @Override
    public boolean shadowMayRun() {
      synchronized (lock) {
        return queue.isEmpty() || meter.batches() % BATCHES_PER_SHADOW_FRAME == 0;
      }
    }

    @Override
    public void lendToShadow(Batch batch) {
      synchronized (lock) {
        running.lendToShadow(batch);
        advance();
      }
    }

    @Override
    public void encodingBegins() {
      synchronized (lock) {
        running.encodingBegins();
      }
    }

    @Override
    public void encodingEnds() {
      synchronized (lock) {
        running.encodingEnds();
        advance();
      }
    }

    @Override
    public void fail(Throwable cause) {
      InferenceEngine.this.fail(cause);
    }

    @Override
    public boolean hasFailed() {
      return InferenceEngine.this.hasFailed();
    }
  }
}
