package io.segue.tests.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;

/**
 * A Flink session cluster of real processes: one JobManager and any number of TaskManagers, which
 * can be killed and added one by one. Where {@link ZooKeeperProcess#highAvailability} is among its
 * settings, jobs go on under a JobManager that follows one that was killed. Listens on loopback
 * alone.
 */
public final class FlinkProcesses implements AutoCloseable {

  private final Path folder;
  private final int restPort;
  private final Map<String, String> settings;
  private final FlinkRest rest;
  private final List<JavaProcess> jobManagers = new ArrayList<>();
  private final List<JavaProcess> taskManagers = new ArrayList<>();

  private FlinkProcesses(Path folder, int slots, Map<String, String> extra) {
    this.folder = folder;
    this.restPort = FreePorts.next();
    this.rest = new FlinkRest(URI.create("http://127.0.0.1:" + restPort));
    this.settings = settings(slots, restPort, FreePorts.next(), folder);
    this.settings.putAll(extra);
    writeConfiguration();
  }

  /**
   * Starts a JobManager and {@code taskManagers} TaskManagers of {@code slots} slots each and
   * returns when all have registered.
   */
  public static FlinkProcesses start(
      Path folder, int taskManagers, int slots, Map<String, String> extra) {
    FlinkProcesses cluster = new FlinkProcesses(folder, slots, extra);
    try {
      cluster.startJobManager();
      for (int i = 0; i < taskManagers; i++) {
        cluster.addTaskManager();
      }
      cluster.awaitTaskManagers(taskManagers);
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** Starts a JobManager, at the addresses of the one before, and returns at once. */
  public JavaProcess startJobManager() {
    JavaProcess jobManager =
        JavaProcess.start(
            "jobmanager-" + jobManagers.size(),
            folder,
            List.of("-Xmx512m", "-XX:+UseSerialGC"),
            StandaloneSessionClusterEntrypoint.class,
            "--configDir",
            folder.toString(),
            "--executionMode",
            "cluster");
    jobManagers.add(jobManager);
    return jobManager;
  }

  /** The JobManager that was started last. */
  public JavaProcess jobManager() {
    return jobManagers.get(jobManagers.size() - 1);
  }

  /** Starts one more TaskManager, with further options for its JVM, and returns at once. */
  public JavaProcess addTaskManager(String... jvmOptions) {
    List<String> options = new ArrayList<>(List.of("-Xmx1g", "-XX:+UseSerialGC"));
    options.addAll(List.of(jvmOptions));
    String name = "taskmanager-" + taskManagers.size();
    JavaProcess taskManager =
        JavaProcess.start(
            name,
            folder,
            options,
            TaskManagerRunner.class,
            "--configDir",
            folder.toString(),
            "-Dtaskmanager.resource-id=" + name);
    taskManagers.add(taskManager);
    return taskManager;
  }

  /** The TaskManager processes in the order of their start, killed ones included. */
  public List<JavaProcess> taskManagers() {
    return List.copyOf(taskManagers);
  }

  /** Waits until {@code count} TaskManagers are registered with the JobManager. */
  public void awaitTaskManagers(int count) {
    Awaitility.await("TaskManagers registered; logs in " + folder)
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(() -> rest.get("/taskmanagers").get("taskmanagers").size() >= count);
  }

  /** An environment that submits to this cluster; the cluster has the class path of the test. */
  public StreamExecutionEnvironment environment(Configuration configuration) {
    return StreamExecutionEnvironment.createRemoteEnvironment(
        "127.0.0.1", restPort, configuration, new String[0]);
  }

  /** The JobManager's REST interface. */
  public FlinkRest rest() {
    return rest;
  }

  @Override
  public void close() {
    taskManagers.forEach(JavaProcess::kill);
    jobManagers.forEach(JavaProcess::kill);
  }

  private void writeConfiguration() {
    StringBuilder yaml = new StringBuilder();
    settings.forEach((key, value) -> yaml.append(key).append(": ").append(value).append('\n'));
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("config.yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> settings(int slots, int restPort, int rpcPort, Path folder) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("jobmanager.rpc.address", "127.0.0.1");
    settings.put("jobmanager.bind-host", "127.0.0.1");
    settings.put("jobmanager.rpc.port", Integer.toString(rpcPort));
    settings.put("rest.address", "127.0.0.1");
    settings.put("rest.bind-address", "127.0.0.1");
    settings.put("rest.port", Integer.toString(restPort));
    settings.put("taskmanager.host", "127.0.0.1");
    settings.put("taskmanager.bind-host", "127.0.0.1");
    settings.put("taskmanager.numberOfTaskSlots", Integer.toString(slots));
    // A TaskManager started without Flink's shell scripts wants each of these said.
    settings.put("taskmanager.cpu.cores", "1.0");
    settings.put("taskmanager.memory.framework.heap.size", "128m");
    settings.put("taskmanager.memory.framework.off-heap.size", "128m");
    settings.put("taskmanager.memory.jvm-metaspace.size", "256m");
    settings.put("taskmanager.memory.jvm-overhead.min", "192m");
    settings.put("taskmanager.memory.jvm-overhead.max", "192m");
    settings.put("taskmanager.memory.task.heap.size", "512m");
    settings.put("taskmanager.memory.task.off-heap.size", "512m");
    settings.put("taskmanager.memory.managed.size", "16m");
    settings.put("taskmanager.memory.network.min", "32m");
    settings.put("taskmanager.memory.network.max", "32m");
    // A dead process is noticed within seconds, and what REST says is fresh.
    settings.put("heartbeat.interval", "1000");
    settings.put("heartbeat.timeout", "6000");
    settings.put("heartbeat.rpc-failure-threshold", "1");
    settings.put("web.refresh-interval", "100");
    settings.put("taskmanager.load-balance.mode", "SLOTS");
    settings.put("io.tmp.dirs", folder.resolve("tmp").toString());
    return settings;
  }
}
