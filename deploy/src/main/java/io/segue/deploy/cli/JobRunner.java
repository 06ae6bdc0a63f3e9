package io.segue.deploy.cli;

import io.segue.deploy.config.SegueConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where and how a command runs its job. */
final class JobRunner {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String DEFAULT_INTERVAL = "2 s";

  /** Adds a job to an environment. */
  @FunctionalInterface
  interface Wiring {
    void addTo(StreamExecutionEnvironment env, SegueConfig config) throws Exception;
  }

  private static final class Place {
    @Option(
        names = "--local",
        required = true,
        description = "Run in this process, until the job ends or Ctrl-C; the default.")
    private boolean local;

    @Option(
        names = "--jobmanager",
        required = true,
        paramLabel = "HOST:PORT",
        description =
            "Submit to a cluster that has Segue's jars in its lib folder, by its REST address.")
    private Optional<String> jobManager = Optional.empty();
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @ArgGroup private Place place = new Place();

  @Option(
      names = "--fresh",
      description = {
        "With --local: begin without the last checkpoint. Frames are read from where the consumer"
            + " group left off; those that were in flight then get no outcome."
      })
  private boolean fresh;

  @Mixin private ConfigOptions configuration;

  @Mixin private Console console;

  void run(String name, Function<SegueConfig, String> groupId, Wiring wiring) throws Exception {
    SegueConfig config = configuration.read();
    if (place.local || place.jobManager.isEmpty()) {
      runHere(name, config, groupId.apply(config), wiring);
    } else {
      submit(name, config, place.jobManager.get(), wiring);
    }
  }

  private void submit(String name, SegueConfig config, String address, Wiring wiring)
      throws Exception {
    int colon = address.lastIndexOf(':');
    if (colon < 1 || !address.substring(colon + 1).matches("\\d{1,5}")) {
      throw new ParameterException(
          command.commandLine(), "--jobmanager '" + address + "' is not HOST:PORT");
    }
    String host = address.substring(0, colon);
    int port = Integer.parseInt(address.substring(colon + 1));
    Configuration options = options(config);
    ClusterCheckpoints.requireFiles(options, ClusterCheckpoints.configuration(host, port, options));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createRemoteEnvironment(host, port, options);
    wiring.addTo(env, config);
    JobClient client = env.executeAsync(name);
    console.result(Map.of("jobId", client.getJobID().toHexString()));
  }

  private void runHere(String name, SegueConfig config, String groupId, Wiring wiring)
      throws Exception {
    Configuration options = options(config);
    LocalCheckpoints checkpoints = LocalCheckpoints.of(config, options, groupId);
    Optional<Path> restored = checkpoints.configure(options, fresh);
    int port = options.getOptional(RestOptions.PORT).orElseGet(JobRunner::freePort);
    options.set(RestOptions.PORT, port);
    options.set(RestOptions.BIND_PORT, Integer.toString(port));
    options.set(RestOptions.ADDRESS, LOOPBACK);
    options.set(RestOptions.BIND_ADDRESS, LOOPBACK);
    options.set(JobManagerOptions.BIND_HOST, LOOPBACK);
    options.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(options);
    wiring.addTo(env, config);
    restored.ifPresent(
        path -> console.progress().println("goes on from " + path + "; --fresh begins without it"));
    JobClient client = env.executeAsync(name);
    Map<String, Object> addresses = new LinkedHashMap<>();
    addresses.put("bootstrapServers", config.kafkaProperties().get("bootstrap.servers"));
    addresses.put("uiUrl", "http://" + LOOPBACK + ":" + port + "/");
    addresses.put("pid", ProcessHandle.current().pid());
    console.ready(addresses);
    new LocalJob(client, checkpoints, console.progress()).await();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on loopback", e);
    }
  }

  private static Configuration options(SegueConfig config) {
    Configuration options = Configuration.fromMap(config.flink());
    if (!options.contains(CheckpointingOptions.CHECKPOINTING_INTERVAL)) {
      options.setString(CheckpointingOptions.CHECKPOINTING_INTERVAL.key(), DEFAULT_INTERVAL);
    }
    if (!options.contains(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION)) {
      options.set(
          CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
          ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    }
    return options;
  }
}
