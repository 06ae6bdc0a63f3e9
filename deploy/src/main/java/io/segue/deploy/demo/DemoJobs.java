package io.segue.deploy.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Jobs on small Flink clusters inside this process, reachable from nowhere else. */
final class DemoJobs implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);
  private static final long CANCEL_SECONDS = 20;

  private record Running(
      String name, JobClient client, CompletableFuture<JobExecutionResult> end) {}

  /** Adds a job to an environment. */
  @FunctionalInterface
  interface Wiring {
    void addTo(StreamExecutionEnvironment env) throws Exception;
  }

  private final WorkDirectory work;
  private final List<Running> running = new ArrayList<>();

  DemoJobs(WorkDirectory work) {
    this.work = work;
  }

  /** Starts a job. */
  void start(String name, int parallelism, Wiring wiring) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration(name));
    wiring.addTo(env);
    JobClient client = env.executeAsync(name);
    running.add(new Running(name, client, client.getJobExecutionResult()));
  }

  private Configuration configuration(String name) {
    return new Configuration()
        .set(RestOptions.ADDRESS, LOOPBACK)
        .set(RestOptions.BIND_ADDRESS, LOOPBACK)
        .set(RestOptions.BIND_PORT, "0")
        .set(JobManagerOptions.BIND_HOST, LOOPBACK)
        .set(TaskManagerOptions.BIND_HOST, LOOPBACK)
        .set(TaskManagerOptions.HOST, LOOPBACK)
        .set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(16))
        .set(CoreOptions.TMP_DIRS, work.resolve("tmp").toString())
        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL)
        .set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem")
        .set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, work.uri("checkpoints/" + name))
        .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
        .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3)
        .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
  }

  /**
   * Fails if a job did.
   *
   * @throws IllegalStateException with what went wrong as its cause
   */
  void check() {
    for (Running job : running) {
      if (job.end().isDone()) {
        throw new IllegalStateException("job '" + job.name() + "' has ended", causeOf(job.end()));
      }
    }
  }

  private static Throwable causeOf(CompletableFuture<JobExecutionResult> end) {
    try {
      end.join();
      return new IllegalStateException("without a failure");
    } catch (CompletionException e) {
      return e;
    }
  }

  /** Cancels the jobs and waits until their clusters are down. */
  @Override
  public void close() throws InterruptedException {
    for (Running job : running) {
      if (!job.end().isDone()) {
        try {
          job.client().cancel().get(CANCEL_SECONDS, TimeUnit.SECONDS);
          job.end().get(CANCEL_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
          // A cancelled job ends with an exception; one that does not end dies with the process.
        }
      }
    }
    running.clear();
  }
}
