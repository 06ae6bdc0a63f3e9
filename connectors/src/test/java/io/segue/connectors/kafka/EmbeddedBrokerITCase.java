package io.segue.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.connectors.kafka.TopicSettings.Cleanup;
import io.segue.connectors.kafka.TopicSettings.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerITCase {
  private static final TopicSettings TOPIC =
      new TopicSettings("kept", 1, Order.BY_KEY, Cleanup.DELETE, Duration.ofHours(1), 1 << 20);

  @TempDir private Path dir;

  @Test
  void keepsItsRecordsOverARestartOnTheSameDirectory() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
        TopicAdmin admin = new TopicAdmin(broker.clientProperties());
        var producer = Topics.producer(broker)) {
      admin.create(List.of(TOPIC), 1);
      producer.send(new ProducerRecord<>("kept", "before".getBytes(UTF_8))).get();
    }
    long start = System.nanoTime();
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
        var producer = Topics.producer(broker)) {
      producer.send(new ProducerRecord<>("kept", "after".getBytes(UTF_8))).get();
      assertThat(Topics.readAll(broker, "kept", Isolation.READ_COMMITTED))
          .extracting(record -> new String(record.value(), UTF_8))
          .containsExactly("before", "after");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void leavesNoThreadBehindThatKeepsTheProcessAlive() throws Exception {
    Set<Thread> before = userThreads();
    EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
    broker.close();
    broker.close();
    assertThat(userThreads()).isSubsetOf(before);
  }

  @Test
  void saysThatThePortIsTaken() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("one"), 0)) {
      int port = Integer.parseInt(broker.bootstrapServers().replaceFirst(".*:", ""));
      assertThatThrownBy(() -> EmbeddedBroker.start(dir.resolve("two"), port))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("port %d of 127.0.0.1 is taken", port);
    }
  }

  @Test
  void refusesTheDirectoryOfAnotherCluster() throws Exception {
    Files.writeString(dir.resolve("meta.properties"), "version=1\ncluster.id=another\nnode.id=1\n");
    Set<Thread> before = userThreads();
    assertThatThrownBy(() -> EmbeddedBroker.start(dir, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(dir.toString());
    assertThat(userThreads()).isSubsetOf(before);
  }

  private static Set<Thread> userThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.isDaemon() && thread.isAlive())
        .collect(Collectors.toSet());
  }
}
