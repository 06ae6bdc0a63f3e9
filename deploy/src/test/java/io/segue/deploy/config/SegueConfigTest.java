package io.segue.deploy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegueConfigTest {
  @TempDir private Path dir;

  @Test
  void keepsTheDefaultOfWhatIsLeftOut() throws IOException {
    SegueConfig config = SegueConfig.read(file("topics: {prefix: test.}"), Map.of());

    assertThat(config.topics()).isEqualTo(new TopicsConfig("test.", 4, 1));
    assertThat(SegueConfig.read(Optional.empty(), Map.of())).isEqualTo(SegueConfig.DEFAULT);
  }

  @Test
  void namesThePathOfAnUnknownKeyAndTheNearestKnownOne() {
    assertThatThrownBy(() -> SegueConfig.read(file("topics: {partition: 3}"), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("topics.partition")
        .hasMessageContaining("'partitions'");
  }

  @Test
  void namesThePathOfAValueOutOfRange() {
    assertThatThrownBy(() -> SegueConfig.read(Optional.empty(), Map.of("topics.partitions", "0")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("topics.partitions")
        .hasMessageContaining("below 1");
  }

  @Test
  void overridesKeysByTheirPath() throws IOException {
    SegueConfig config =
        SegueConfig.read(file("topics: {partitions: 2}"), Map.of("topics.partitions", "8"));

    assertThat(config.topics().partitions()).isEqualTo(8);
  }

  @Test
  void passesKafkaAndFlinkOptionsOnUnchanged() throws IOException {
    SegueConfig config =
        SegueConfig.read(
            file("kafka: {security.protocol: SSL, linger.ms: 5}"),
            Map.of("flink.execution.checkpointing.interval", "2 s"));

    assertThat(config.kafkaProperties())
        .containsEntry("security.protocol", "SSL")
        .containsEntry("linger.ms", "5")
        .containsKey("bootstrap.servers");
    assertThat(config.flink()).containsEntry("execution.checkpointing.interval", "2 s");
  }

  private Optional<Path> file(String yaml) throws IOException {
    return Optional.of(Files.writeString(dir.resolve("segue.yaml"), yaml));
  }
}
