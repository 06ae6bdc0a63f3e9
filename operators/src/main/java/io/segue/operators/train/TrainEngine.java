package io.segue.operators.train;

import io.segue.schemas.avro.TrainingStatus;
import io.segue.schemas.flow.TrainOutcome;
import io.segue.schemas.flow.TrainRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs training requests one at a time. Of each model at most one request waits; a newer one takes
 * its place and the older ends SUPERSEDED. A run that passes its deadline is cancelled between two
 * steps and ends CANCELLED; one that fails ends FAILED, and the next goes ahead. So every request
 * has an outcome, and at most two of a model are outstanding. Thread-safe.
 */
final class TrainEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainEngine.class);

  /** Calls back after a delay. */
  @FunctionalInterface
  interface Alarm {
    /** Returns what calls the alarm off. */
    Runnable set(Duration delay, Runnable action);
  }

  private record Waiting(TrainRequest request, CompletableFuture<TrainOutcome> outcome) {}

  private final TrainRun run;
  private final Executor executor;
  private final Alarm alarm;
  private final Duration deadline;
  private final Clock clock;
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();
  private boolean running;
  private volatile boolean closed;

  /**
   * @param executor runs one request at a time; must not run it in the calling thread
   */
  TrainEngine(TrainRun run, Executor executor, Alarm alarm, Duration deadline, Clock clock) {
    this.run = run;
    this.executor = executor;
    this.alarm = alarm;
    this.deadline = deadline;
    this.clock = clock;
  }

  /** Takes a request; the future never completes exceptionally but for an {@link Error}. */
  CompletableFuture<TrainOutcome> submit(TrainRequest request) {
    Waiting fresh = new Waiting(request, new CompletableFuture<>());
    Waiting replaced;
    synchronized (this) {
      replaced = waiting.put(request.getModel(), fresh);
      if (!running) {
        running = true;
        executor.execute(this::runAll);
      }
    }
    if (replaced != null) {
      replaced
          .outcome()
          .complete(
              outcome(replaced.request(), TrainingStatus.SUPERSEDED, 0)
                  .setMessage(
                      "request %s came before the run began".formatted(request.getRequestId()))
                  .build());
    }
    return fresh.outcome();
  }

  /** Cancels the run at work and takes no other. Outcomes still open stay open. */
  @Override
  public void close() {
    closed = true;
  }

  private void runAll() {
    for (Optional<Waiting> next = next(); next.isPresent(); next = next()) {
      try {
        next.get().outcome().complete(runOne(next.get().request()));
      } catch (Error e) {
        next.get().outcome().completeExceptionally(e);
        throw e;
      }
    }
  }

  private synchronized Optional<Waiting> next() {
    Optional<String> model = waiting.keySet().stream().findFirst();
    running = !closed && model.isPresent();
    return running ? model.map(waiting::remove) : Optional.empty();
  }

  private TrainOutcome runOne(TrainRequest request) {
    long startedAt = clock.millis();
    Expiry expiry = new Expiry();
    Runnable alarmOff = alarm.set(deadline, expiry::expire);
    try {
      TrainRun.Candidate candidate = run.run(request, () -> closed || expiry.expired);
      TrainRequest carriedOut = TrainRequest.newBuilder(request).build();
      carriedOut.setParentVersion(candidate.parentVersion());
      return outcome(carriedOut, TrainingStatus.COMPLETED, startedAt)
          .setCandidateId(candidate.candidateId())
          .setStep(candidate.steps())
          .setMessage(candidate.message())
          .build();
    } catch (CancellationException e) {
      String why = expiry.expired ? "deadline of %s passed".formatted(deadline) : "job stopped";
      return outcome(request, TrainingStatus.CANCELLED, startedAt)
          .setMessage("%s: %s".formatted(why, text(e)))
          .build();
    } catch (Exception e) {
      LOG.warn("training request {} failed", request.getRequestId(), e);
      return outcome(request, TrainingStatus.FAILED, startedAt).setMessage(text(e)).build();
    } finally {
      alarmOff.run();
    }
  }

  private static final class Expiry {
    private volatile boolean expired;

    void expire() {
      expired = true;
    }
  }

  private TrainOutcome.Builder outcome(TrainRequest request, TrainingStatus status, long started) {
    return TrainOutcome.newBuilder()
        .setRequest(request)
        .setStatus(status)
        .setStartedAt(started)
        .setEndedAt(clock.millis());
  }

  private static String text(@Nullable Throwable e) {
    return e == null || e.getMessage() == null ? String.valueOf(e) : e.getMessage();
  }
}
