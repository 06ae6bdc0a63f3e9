package io.segue.tests.cluster;

import java.net.URI;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The real engine with one TaskManager in this process, with its REST interface. */
public final class LocalEngine implements AutoCloseable {

  private final MiniCluster cluster;
  private final URI rest;
  private int current;

  private LocalEngine(MiniCluster cluster, URI rest) {
    this.cluster = cluster;
    this.rest = rest;
  }

  public static LocalEngine start(int slots) throws Exception {
    Configuration configuration = new Configuration().set(RestOptions.BIND_PORT, "0");
    configuration.setString("web.refresh-interval", "100");
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
    cluster.start();
    return new LocalEngine(cluster, cluster.getRestAddress().get());
  }

  public FlinkRest rest() {
    return new FlinkRest(rest);
  }

  public StreamExecutionEnvironment environment(Configuration configuration) {
    return StreamExecutionEnvironment.createRemoteEnvironment(
        rest.getHost(), rest.getPort(), configuration, new String[0]);
  }

  /** Ends the TaskManager, and with it every task of every job, and starts another. */
  public void replaceTaskManager() throws Exception {
    cluster.terminateTaskManager(current++).get();
    cluster.startTaskManager();
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }
}
