package io.segue.tests.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;

/**
 * A Kafka broker and its controller as a process of their own, which can be killed and started
 * again over what it has written. Listens on loopback alone, at the same port each time.
 */
public final class KafkaProcess implements AutoCloseable {
  private static final String CLUSTER_ID = "c2VndWUtcHJvY2Vzc2VzMA";

  private final Path folder;
  private final int port = FreePorts.next();
  private final int controllerPort = FreePorts.next();
  private JavaProcess process;

  private KafkaProcess(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    Files.writeString(properties(), options());
    format();
    this.process = launch();
  }

  /** Starts a broker with its data and its log in {@code folder}; returns when it answers. */
  public static KafkaProcess start(Path folder) throws IOException {
    KafkaProcess broker = new KafkaProcess(folder);
    broker.awaitAnswer();
    return broker;
  }

  /** Host and port for {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Kills the broker as {@code kill -9} does. */
  public void kill() {
    process.kill();
  }

  /** Starts the broker that was killed again over its data; returns when it answers. */
  public void restart() {
    process = launch();
    awaitAnswer();
  }

  @Override
  public void close() {
    process.close();
  }

  private JavaProcess launch() {
    return JavaProcess.start(
        "kafka",
        folder,
        List.of("-Xmx512m", "-XX:+UseSerialGC"),
        Kafka.class,
        properties().toString());
  }

  private void awaitAnswer() {
    Awaitility.await("the broker answers: " + process)
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> answers() || !process.isAlive());
    if (!process.isAlive()) {
      throw new IllegalStateException(process + " ended: " + process.output());
    }
  }

  /** Whether clients hear of the broker: it is registered, and no longer fenced. */
  private boolean answers() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers(),
            "request.timeout.ms",
            "5000",
            "default.api.timeout.ms",
            "5000");
    try (Admin admin = Admin.create(settings)) {
      return !admin.describeCluster().nodes().get().isEmpty();
    } catch (Exception e) {
      return false;
    }
  }

  private Path properties() {
    return folder.resolve("server.properties");
  }

  private void format() throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status =
        StorageTool.execute(
            new String[] {"format", "-t", CLUSTER_ID, "-c", properties().toString()},
            new PrintStream(said, true, StandardCharsets.UTF_8));
    if (status != 0) {
      throw new IOException(
          "cannot format %s: %s".formatted(folder, said.toString(StandardCharsets.UTF_8)));
    }
  }

  private String options() {
    return """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%2$d
        controller.listener.names=CONTROLLER
        listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
        log.dirs=%3$s
        auto.create.topics.enable=false
        group.initial.rebalance.delay.ms=0
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=4
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=4
        message.max.bytes=16777216
        log.cleaner.dedupe.buffer.size=4194304
        # A broker may register again only once the controller takes the one that was killed for dead.
        broker.session.timeout.ms=3000
        broker.heartbeat.interval.ms=500
        """
        .formatted(port, controllerPort, folder.resolve("data").toAbsolutePath());
  }
}
