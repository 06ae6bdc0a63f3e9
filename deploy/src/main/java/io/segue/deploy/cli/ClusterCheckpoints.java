package io.segue.deploy.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.rest.messages.ClusterConfigurationInfoHeaders;
import org.apache.flink.runtime.rest.messages.ConfigurationInfoEntry;
import org.apache.flink.runtime.rest.messages.EmptyMessageParameters;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;

/** Where a job that is submitted to a cluster keeps its checkpoints. */
final class ClusterCheckpoints {
  private static final int TIMEOUT_SECONDS = 30;
  private static final String IN_MEMORY = "jobmanager";

  private ClusterCheckpoints() {}

  /**
   * Refuses a job whose checkpoints would lie in the JobManager's memory: it takes 5 MiB of each
   * state, which frames in flight exceed, and is gone with its process.
   *
   * @param cluster what holds for options that the job does not set
   * @throws CommandFailedException if they would
   */
  static void requireFiles(Configuration job, Configuration cluster) {
    Configuration effective = new Configuration(cluster);
    effective.addAll(job);
    boolean inMemory =
        effective
            .getOptional(CheckpointingOptions.CHECKPOINT_STORAGE)
            .map(IN_MEMORY::equalsIgnoreCase)
            .orElseGet(
                () -> effective.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isEmpty());
    if (inMemory) {
      throw new CommandFailedException(
          "checkpoints would be kept in the JobManager's memory, 5 MiB a state at most, which frames in flight exceed; set flink.%s to a folder that all processes reach, such as s3://bucket/checkpoints, and leave out %s=%s"
              .formatted(
                  CheckpointingOptions.CHECKPOINTS_DIRECTORY.key(),
                  CheckpointingOptions.CHECKPOINT_STORAGE.key(),
                  IN_MEMORY));
    }
  }

  /** The configuration of the cluster's JobManager. */
  static Configuration configuration(String host, int port, Configuration client) throws Exception {
    Configuration rest =
        new Configuration(client)
            .set(RestOptions.ADDRESS, host)
            .set(RestOptions.PORT, port)
            .set(RestOptions.RETRY_MAX_ATTEMPTS, 1);
    try (RestClusterClient<StandaloneClusterId> cluster =
        new RestClusterClient<>(rest, StandaloneClusterId.getInstance())) {
      Map<String, String> values = new HashMap<>();
      for (ConfigurationInfoEntry entry :
          cluster
              .sendRequest(
                  ClusterConfigurationInfoHeaders.getInstance(),
                  EmptyMessageParameters.getInstance(),
                  EmptyRequestBody.getInstance())
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        values.put(entry.getKey(), entry.getValue());
      }
      return Configuration.fromMap(values);
    } catch (ExecutionException | TimeoutException e) {
      throw new CommandFailedException(
          "the JobManager at '%s:%d' gave no configuration: %s; check --jobmanager and that it runs"
              .formatted(host, port, FailureLine.of(e)),
          e);
    }
  }
}
