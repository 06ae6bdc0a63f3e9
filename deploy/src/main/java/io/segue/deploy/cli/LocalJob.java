package io.segue.deploy.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

/**
 * A job that runs in this process until it ends or the process is told to end: then it stops with a
 * savepoint, which commits what it has written, or, where that takes too long, is cancelled and
 * leaves its last checkpoint.
 */
final class LocalJob {
  private static final Duration SAVEPOINT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(10);

  private final JobClient client;
  private final LocalCheckpoints checkpoints;
  private final PrintWriter progress;

  LocalJob(JobClient client, LocalCheckpoints checkpoints, PrintWriter progress) {
    this.client = client;
    this.checkpoints = checkpoints;
    this.progress = progress;
  }

  /**
   * Waits for the end of the job.
   *
   * @throws ExecutionException if the job fails
   */
  void await() throws ExecutionException, InterruptedException {
    Duration patience = SAVEPOINT_TIMEOUT.plus(CANCEL_TIMEOUT).plusSeconds(5);
    try (StopSignal stop = new StopSignal(patience, this::stop)) {
      try {
        client.getJobExecutionResult().get();
      } catch (ExecutionException e) {
        if (!stop.requested()) {
          throw e;
        }
        // A cancelled job ends with an exception.
      }
    }
  }

  private void stop() {
    try {
      if (!stoppedWithSavepoint()) {
        client.cancel().get(CANCEL_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      }
      String next = checkpoints.newest().map(path -> "goes on from " + path).orElse("begins anew");
      progress.println("stopped; the next start " + next);
      progress.flush();
    } catch (ExecutionException | TimeoutException | IOException e) {
      progress.println("the job could not be stopped in good order: " + FailureLine.of(e));
      progress.flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean stoppedWithSavepoint() throws InterruptedException {
    try {
      var unused =
          client
              .stopWithSavepoint(
                  false, checkpoints.directory().toString(), SavepointFormatType.NATIVE)
              .get(SAVEPOINT_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      // It is not running yet or does not get through; what it has completed is kept.
      return false;
    }
  }
}
