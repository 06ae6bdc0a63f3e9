package io.segue.operators.train;

import io.segue.schemas.flow.TrainOutcome;
import io.segue.schemas.flow.TrainRequest;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;

/**
 * Trains a candidate for each request, on threads of its own, so that checkpoints pass while a run
 * is at work. Use it under {@code unorderedWait} with no timeout and at least {@link #CAPACITY}
 * places: of a model at most two requests are outstanding, so the queue never fills.
 *
 * <p>A request whose outcome is not yet part of a checkpoint is run again after a restore; its
 * candidate has the same id, and {@link TrainRun} goes on where it left off.
 */
public final class TrainModels extends RichAsyncFunction<TrainRequest, TrainOutcome> {
  /** Room in the queue: half as many models may share one operator. */
  public static final int CAPACITY = 64;

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(60);

  /** Makes the run in the process that trains. */
  public interface Runs extends Supplier<TrainRun>, Serializable {}

  private final Runs runs;
  private final Duration deadline;

  private transient ScheduledExecutorService trainer;
  private transient ScheduledExecutorService alarms;
  private transient TrainEngine engine;

  /**
   * @param deadline after which a run is cancelled
   */
  public TrainModels(Runs runs, Duration deadline) {
    this.runs = runs;
    this.deadline = deadline;
  }

  @Override
  public void open(OpenContext context) {
    trainer = Executors.newSingleThreadScheduledExecutor(new ExecutorThreadFactory("segue-train"));
    alarms =
        Executors.newSingleThreadScheduledExecutor(new ExecutorThreadFactory("segue-train-alarm"));
    engine = new TrainEngine(runs.get(), trainer, this::alarm, deadline, Clock.systemUTC());
  }

  private Runnable alarm(Duration delay, Runnable action) {
    Future<?> scheduled = alarms.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
    return () -> scheduled.cancel(false);
  }

  @Override
  public void asyncInvoke(TrainRequest request, ResultFuture<TrainOutcome> result) {
    CompletableFuture<TrainOutcome> unused =
        engine
            .submit(request)
            .whenComplete(
                (outcome, error) -> {
                  if (error == null) {
                    result.complete(Collections.singleton(outcome));
                  } else {
                    result.completeExceptionally(error);
                  }
                });
  }

  /** Waits for the run at work, so that a restarted job does not train beside it. */
  @Override
  public void close() throws Exception {
    if (engine == null) {
      return;
    }
    engine.close();
    alarms.shutdownNow();
    trainer.shutdown();
    trainer.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
