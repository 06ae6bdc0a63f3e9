package io.segue.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.segue.connectors.kafka.TopicSettings.Cleanup;
import io.segue.connectors.kafka.TopicSettings.Order;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicAdminITCase {
  @TempDir private static Path dir;
  private static EmbeddedBroker broker;
  private static TopicAdmin admin;

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(dir, 0);
    admin = new TopicAdmin(broker.clientProperties());
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void createsAllTopicsOnceAndFindsThemAsTheyHaveToBe() {
    List<TopicSettings> topics = new SegueTopics("all.").settings(3);
    assertThat(admin.create(topics, 1)).hasSize(9);
    assertThat(admin.create(topics, 1)).isEmpty();
    admin.check(topics);
  }

  @Test
  void namesEachDifferenceWithItsRemedy() {
    Duration hour = Duration.ofHours(1);
    admin.create(
        List.of(
            new TopicSettings("small", 1, Order.BY_KEY, Cleanup.DELETE, hour, 1 << 20),
            new TopicSettings("several", 2, Order.BY_KEY, Cleanup.DELETE, hour, 1 << 20)),
        1);
    List<TopicSettings> needed =
        List.of(
            new TopicSettings(
                "small", 2, Order.BY_KEY, Cleanup.DELETE, hour.multipliedBy(2), 2 << 20),
            new TopicSettings("several", 1, Order.OVERALL, Cleanup.COMPACT, hour, 1 << 20),
            new TopicSettings("absent", 1, Order.BY_KEY, Cleanup.DELETE, hour, 1 << 20));
    TopicMismatchException mismatch =
        catchThrowableOfType(TopicMismatchException.class, () -> admin.check(needed));
    assertThat(mismatch.differences())
        .anyMatch(line -> line.contains("'absent' does not exist; run 'segue topics create'"))
        .anyMatch(line -> line.contains("'small' has 1 partitions, at least 2"))
        .anyMatch(line -> line.contains("retention.ms = 3600000, 7200000 is needed"))
        .anyMatch(line -> line.contains("max.message.bytes = 1048576, 2097152 is needed"))
        .anyMatch(line -> line.contains("'several' has 2 partitions, its order needs exactly 1"))
        .anyMatch(line -> line.contains("cleanup.policy = delete, compact is needed"));
  }

  @Test
  void acceptsMoreThanIsNeeded() {
    Duration hour = Duration.ofHours(1);
    admin.create(
        List.of(new TopicSettings("ample", 4, Order.BY_KEY, Cleanup.DELETE, hour, 2 << 20)), 1);
    admin.check(
        List.of(
            new TopicSettings("ample", 2, Order.BY_KEY, Cleanup.DELETE, Duration.ZERO, 1 << 20)));
  }

  @Test
  void checksAllThatAJobNeedsBeforeItStarts() {
    SegueTopics topics = new SegueTopics("job.");
    SinkOptions tooLong = new SinkOptions(Delivery.EXACTLY_ONCE, "segment", Duration.ofMinutes(20));
    SinkOptions atLeastOnce =
        new SinkOptions(Delivery.AT_LEAST_ONCE, "segment", Duration.ofMinutes(20));
    assertThatThrownBy(
            () -> TopicAdmin.checkBeforeStart(broker.clientProperties(), topics, atLeastOnce))
        .isInstanceOf(TopicMismatchException.class)
        .hasMessageContaining("'job.frames' does not exist");
    admin.create(topics.settings(2), 1);
    TopicAdmin.checkBeforeStart(broker.clientProperties(), topics, atLeastOnce);
    assertThatThrownBy(
            () -> TopicAdmin.checkBeforeStart(broker.clientProperties(), topics, tooLong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("transaction timeout 1200000 ms");
  }

  @Test
  void framesHaveTheBrokersTimeAndATopicWithoutIsRefusedWhereAgesCount() {
    SegueTopics topics = new SegueTopics("aged.");
    admin.create(topics.settings(1), 1);
    admin.checkAppendTime(topics.frames());
    assertThatThrownBy(() -> admin.checkAppendTime(topics.masks()))
        .isInstanceOf(TopicMismatchException.class)
        .hasMessageContaining(
            "--topic aged.masks --add-config message.timestamp.type=LogAppendTime");
  }

  @Test
  void comparesTheTransactionTimeoutWithTheBrokersLimit() {
    admin.checkTransactionTimeout(Duration.ofMinutes(15));
    assertThatThrownBy(() -> admin.checkTransactionTimeout(Duration.ofHours(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("transaction.max.timeout.ms = 900000");
  }
}
