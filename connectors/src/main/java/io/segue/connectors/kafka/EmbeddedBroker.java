package io.segue.connectors.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker and its controller inside this process, for one machine: it listens on loopback
 * alone, keeps one copy of everything, and speaks the protocol of any other broker. What was
 * written is there again after a restart on the same directory.
 *
 * <p>Its threads keep the process alive until it is closed; a shutdown hook closes it where nobody
 * else does.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String NODE_ID = "1";
  private static final String CLUSTER_ID = "c2VndWUtZW1iZWRkZWQtMA";

  private final KafkaRaftServer server;
  private final int port;
  private final Thread shutdownHook = new Thread(this::shutdown, "embedded-broker-shutdown");
  private boolean closed;

  private EmbeddedBroker(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts a broker and returns when clients can connect: within a second, at first use of Kafka in
   * a process within some.
   *
   * @param dir where it keeps its data; created, or one that a closed broker left
   * @param port to listen on; 0 for a free one
   * @throws IOException if the directory cannot be used or the port is taken
   */
  public static EmbeddedBroker start(Path dir, int port) throws IOException {
    Files.createDirectories(dir);
    int[] ports = freePorts(port);
    Properties options = options(dir.toAbsolutePath(), ports[0], ports[1]);
    format(dir.toAbsolutePath());
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(options, false), Time.SYSTEM);
    EmbeddedBroker broker = new EmbeddedBroker(server, ports[0]);
    try {
      server.startup();
    } catch (RuntimeException e) {
      broker.shutdown();
      throw new IOException(
          "embedded broker cannot start on %s:%d with data in %s: %s"
              .formatted(HOST, ports[0], dir, e.getMessage()),
          e);
    }
    Runtime.getRuntime().addShutdownHook(broker.shutdownHook);
    return broker;
  }

  /** Host and port for {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /** Client options with nothing but where this broker is. */
  public Properties clientProperties() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrapServers());
    return properties;
  }

  /** Writes everything to disk and ends all threads of the broker; further calls do nothing. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook does the same work.
    }
    shutdown();
  }

  private synchronized void shutdown() {
    if (!closed) {
      closed = true;
      server.shutdown();
      server.awaitShutdown();
    }
  }

  private static void format(Path dir) throws IOException {
    Formatter formatter =
        new Formatter()
            .setPrintStream(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
            .setNodeId(Integer.parseInt(NODE_ID))
            .setClusterId(CLUSTER_ID)
            .setControllerListenerName("CONTROLLER")
            .setReleaseVersion(MetadataVersion.latestProduction())
            .setMetadataLogDirectory(dir.toString())
            .addDirectory(dir.toString())
            .setIgnoreFormatted(true);
    try {
      formatter.run();
    } catch (Exception e) {
      throw new IOException(
          "directory %s cannot be used for a broker: %s; give an empty one or one that an embedded broker left"
              .formatted(dir, e.getMessage()),
          e);
    }
  }

  private static Properties options(Path dir, int port, int controllerPort) {
    Properties options = new Properties();
    options.put("process.roles", "broker,controller");
    options.put("node.id", NODE_ID);
    options.put("controller.quorum.voters", "%s@%s:%d".formatted(NODE_ID, HOST, controllerPort));
    options.put("controller.listener.names", "CONTROLLER");
    options.put(
        "listeners",
        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d".formatted(HOST, port, HOST, controllerPort));
    options.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(HOST, port));
    options.put("log.dirs", dir.toString());
    options.put("auto.create.topics.enable", "false");
    options.put("group.initial.rebalance.delay.ms", "0");
    for (String topic :
        new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
      options.put(topic + ".replication.factor", "1");
      options.put(topic + ".num.partitions", "4");
    }
    options.put("transaction.state.log.min.isr", "1");
    options.put("share.coordinator.state.topic.min.isr", "1");
    // Sized for one machine: the defaults reserve 128 MiB for compaction and 11 threads.
    options.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    options.put("log.index.size.max.bytes", Integer.toString(1 << 20));
    options.put("num.network.threads", "2");
    options.put("num.io.threads", "4");
    options.put("message.max.bytes", Integer.toString(16 << 20));
    return options;
  }

  /** The asked-for or a free port for clients, and a free one for the controller. */
  private static int[] freePorts(int port) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(HOST, new byte[] {127, 0, 0, 1});
    try (ServerSocket client = new ServerSocket(port, 1, loopback);
        ServerSocket controller = new ServerSocket(0, 1, loopback)) {
      return new int[] {client.getLocalPort(), controller.getLocalPort()};
    } catch (IOException e) {
      throw new IOException(
          "port %d of %s is taken: %s; give another or 0 for a free one"
              .formatted(port, HOST, e.getMessage()),
          e);
    }
  }
}
