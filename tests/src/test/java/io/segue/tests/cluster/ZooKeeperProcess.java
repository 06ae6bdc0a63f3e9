package io.segue.tests.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer;
import org.awaitility.Awaitility;

/** A ZooKeeper server as a process of its own. Listens on loopback alone. */
public final class ZooKeeperProcess implements AutoCloseable {
  private final Path folder;
  private final int port = FreePorts.next();
  private final JavaProcess process;

  private ZooKeeperProcess(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    Path options = folder.resolve("zoo.cfg");
    Files.writeString(
        options,
        """
        tickTime=1000
        clientPort=%d
        clientPortAddress=127.0.0.1
        dataDir=%s
        admin.enableServer=false
        """
            .formatted(port, folder.resolve("data").toAbsolutePath()));
    this.process =
        JavaProcess.start(
            "zookeeper",
            folder,
            List.of("-Xmx128m", "-XX:+UseSerialGC"),
            FlinkZooKeeperQuorumPeer.class,
            "--zkConfigFile",
            options.toString(),
            "--peerId",
            "1");
  }

  /** Starts a server with its data and its log in {@code folder}; returns when it listens. */
  public static ZooKeeperProcess start(Path folder) throws IOException {
    ZooKeeperProcess server = new ZooKeeperProcess(folder);
    Awaitility.await("ZooKeeper listens: " + server.process)
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> server.listens() || !server.process.isAlive());
    if (!server.process.isAlive()) {
      throw new IllegalStateException(server.process + " ended: " + server.process.output());
    }
    return server;
  }

  /**
   * Flink's settings for a JobManager that another may follow: what it knows of its jobs is here
   * and in this server's folder, and one that is dead is given up after six seconds.
   */
  public Map<String, String> highAvailability() {
    return Map.of(
        "high-availability.type",
        "zookeeper",
        "high-availability.zookeeper.quorum",
        "127.0.0.1:" + port,
        "high-availability.zookeeper.client.session-timeout",
        "6000",
        "high-availability.storageDir",
        folder.resolve("flink").toUri().toString());
  }

  @Override
  public void close() {
    process.close();
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
