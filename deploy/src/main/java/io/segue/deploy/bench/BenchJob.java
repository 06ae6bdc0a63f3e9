package io.segue.deploy.bench;

import io.segue.deploy.job.SegmentJob;
import io.segue.deploy.job.SegmentJobOptions;
import io.segue.operators.segment.ModelLoader;
import io.segue.operators.segment.RegistryModelLoader;
import java.time.Duration;
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

/** The segment job on a small Flink cluster in this process; no restarts, a failure is a result. */
final class BenchJob implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final long CANCEL_SECONDS = 30;

  private final JobClient client;
  private final CompletableFuture<JobExecutionResult> end;

  private BenchJob(JobClient client) {
    this.client = client;
    this.end = client.getJobExecutionResult();
  }

  /** Starts the job with versions from the stage's registry. */
  static BenchJob start(
      BenchStage stage, SegmentJobOptions options, int parallelism, Duration checkpointInterval)
      throws Exception {
    return start(
        stage,
        options,
        parallelism,
        checkpointInterval,
        new RegistryModelLoader(options.registryRoot(), options.serving().engineChoice()));
  }

  /** Starts the job with versions from anywhere. */
  static BenchJob start(
      BenchStage stage,
      SegmentJobOptions options,
      int parallelism,
      Duration checkpointInterval,
      ModelLoader loader)
      throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(
            parallelism, configuration(stage, checkpointInterval));
    SegmentJob.build(env, options, loader);
    return new BenchJob(env.executeAsync("bench"));
  }

  private static Configuration configuration(BenchStage stage, Duration checkpointInterval) {
    return new Configuration()
        .set(RestOptions.ADDRESS, LOOPBACK)
        .set(RestOptions.BIND_ADDRESS, LOOPBACK)
        .set(RestOptions.BIND_PORT, "0")
        .set(JobManagerOptions.BIND_HOST, LOOPBACK)
        .set(TaskManagerOptions.BIND_HOST, LOOPBACK)
        .set(TaskManagerOptions.HOST, LOOPBACK)
        .set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(16))
        .set(CoreOptions.TMP_DIRS, stage.folder().resolve("tmp").toString())
        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval)
        .set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem")
        .set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, stage.uri("checkpoints"))
        .set(RestartStrategyOptions.RESTART_STRATEGY, "none");
  }

  /**
   * Fails if the job did.
   *
   * @throws IllegalStateException with what went wrong as its cause
   */
  void check() {
    if (end.isDone()) {
      try {
        end.join();
      } catch (CompletionException e) {
        throw new IllegalStateException("the job failed: " + e.getCause(), e);
      }
      throw new IllegalStateException("the job has ended before the measurement was over");
    }
  }

  /** Cancels the job and waits until its cluster is down. */
  @Override
  public void close() throws InterruptedException {
    if (end.isDone()) {
      return;
    }
    try {
      client.cancel().get(CANCEL_SECONDS, TimeUnit.SECONDS);
      end.get(CANCEL_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // A cancelled job ends with an exception; one that does not end dies with the process.
    }
  }
}
