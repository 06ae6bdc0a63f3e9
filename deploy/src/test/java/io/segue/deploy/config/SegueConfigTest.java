package io.segue.deploy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.connectors.kafka.Delivery;
import io.segue.deploy.job.LearnJobOptions;
import io.segue.deploy.job.SegmentJobOptions;
import io.segue.model.config.ConfigException;
import io.segue.model.serve.EngineChoice;
import io.segue.model.serve.ServingEngine;
import io.segue.model.serve.form.Precision;
import io.segue.operators.assign.StreamRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

  @Test
  void mapsEveryKeyOfAJobOntoItsOptions() throws IOException {
    SegmentJobOptions options =
        SegueConfig.read(
                file(
                    """
                    kafka: {bootstrap.servers: 'broker:9092'}
                    topics: {prefix: test.}
                    registry: file:///models
                    payloads: file:///payloads
                    streams:
                      - {match: 'north-*', model: road, plan: s0.5+1+flip-PROBABILITIES}
                      - {match: '*', model: road}
                    segment:
                      stream_ttl: 2 h
                      serving: {max_batch_size: 8, max_delay: 20 ms, engine: auto, openvino: /opt/openvino,
                                precision: bfloat16}
                      sink: {delivery: AT_LEAST_ONCE}
                    """),
                Map.of())
            .segmentJob();

    assertThat(options.kafka()).containsEntry("bootstrap.servers", "broker:9092");
    assertThat(options.topicPrefix()).isEqualTo("test.");
    assertThat(options.streams().of("north-1").plan()).isEqualTo("s0.5+1+flip-PROBABILITIES");
    assertThat(options.streams().of("south").plan()).isEqualTo("s1");
    assertThat(options.streamTtl()).isEqualTo(Duration.ofHours(2));
    assertThat(options.serving().maxBatchSize()).isEqualTo(8);
    assertThat(options.serving().engineChoice())
        .isEqualTo(new EngineChoice(ServingEngine.AUTO, Precision.BFLOAT16, "/opt/openvino", ""));
    assertThat(options.serving().maxDelay()).isEqualTo(Duration.ofMillis(20));
    assertThat(options.sink().delivery()).isEqualTo(Delivery.AT_LEAST_ONCE);
    assertThat(options.sink().transactionalIdPrefix()).isEqualTo("segue-segment");
  }

  @Test
  void readsTheExampleOfTheServingPageAsItStands() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "serving.md"));
    String example = page.substring(page.indexOf("```yaml") + 7);
    SegueConfig config =
        SegueConfig.read(
            file(example.substring(0, example.indexOf("```"))),
            Map.of("registry", "file:///models", "payloads", "file:///payloads"));

    StreamRule gate = config.segmentJob().streams().of("gate-1");
    assertThat(gate.maxAgeMillis()).isEqualTo(500);
    assertThat(gate.cheaperPlans()).hasSize(3);
    assertThat(gate.smoothFrames()).isEqualTo(3);
    assertThat(config.segmentJob().streams().of("other").smoothFrames()).isZero();
  }

  @Test
  void mapsTheLearnJobAsWell() throws IOException {
    LearnJobOptions options =
        SegueConfig.read(
                file(
                    """
                    registry: file:///models
                    payloads: file:///payloads
                    segment: {serving: {max_versions: 4}}
                    learn:
                      model: road
                      taxonomy:
                        id: two
                        version: 1
                        classes: [{name: a, rgb: 1}, {name: b, rgb: 2}]
                        ignore_value: 255
                      trigger: {every_labels: 30}
                      replay:
                        root: file:///replay
                        training: {seed: 1, capacity: 100, shards: 2, half_life: 10 min}
                      training: {work_dir: /tmp/learn, duty_cycle: 0.5}
                    """),
                Map.of())
            .learnJob();

    assertThat(options.maxVersions()).as("the serving processes' limit").isEqualTo(4);
    assertThat(options.trigger().everyLabels()).isEqualTo(30);
    assertThat(options.replay().training().recency()).hasValue(Duration.ofMinutes(10));
    assertThat(options.training().dutyCycle()).isEqualTo(0.5);
    assertThat(options.taxonomy().size()).isEqualTo(2);
  }

  @Test
  void namesWhatAJobCannotDoWithout() {
    assertThatThrownBy(() -> SegueConfig.DEFAULT.learnJob())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("learn.model: missing");
  }

  @Test
  void namesThePathOfAnOptionThatItsOwnerRefuses() {
    assertThatThrownBy(
            () -> SegueConfig.read(file("learn: {trigger: {every_labels: 0}}"), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("learn.trigger")
        .hasMessageContaining("every 0 labels");
  }

  private Optional<Path> file(String yaml) throws IOException {
    return Optional.of(Files.writeString(dir.resolve("segue.yaml"), yaml));
  }
}
