package io.segue.tests.learn;

import io.segue.connectors.kafka.EmbeddedBroker;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.SinkOptions;
import io.segue.connectors.kafka.TopicAdmin;
import io.segue.deploy.job.LearnJob;
import io.segue.deploy.job.LearnJobOptions;
import io.segue.operators.join.JoinOptions;
import io.segue.operators.replay.HoldoutSplit;
import io.segue.operators.replay.ReplayFolder;
import io.segue.operators.replay.ReplayManifest;
import io.segue.operators.replay.ReplayOptions;
import io.segue.operators.replay.Sampling;
import io.segue.operators.train.TriggerOptions;
import io.segue.tests.stream.TopicReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Topics and a replay folder of one run of the learn job that never gets enough labels to train.
 */
final class LearnLine {

  private final Path folder;
  private final EmbeddedBroker broker;
  private final SegueTopics topics;
  private final Duration labelWait;

  LearnLine(Path folder, EmbeddedBroker broker, String name, Duration labelWait)
      throws IOException {
    this.folder = folder.resolve(name);
    this.broker = broker;
    this.labelWait = labelWait;
    this.topics = new SegueTopics(name + ".");
    try (TopicAdmin admin = new TopicAdmin(broker.clientProperties())) {
      admin.create(topics.settings(2), 1);
    }
  }

  SegueTopics topics() {
    return topics;
  }

  TopicReader reader() {
    return new TopicReader(broker.bootstrapServers());
  }

  LabelledInput input() {
    return new LabelledInput(broker.bootstrapServers(), topics);
  }

  JobClient submit(Function<Configuration, StreamExecutionEnvironment> engine, int parallelism)
      throws Exception {
    return submit(engine, parallelism, Duration.ofMillis(700));
  }

  JobClient submit(
      Function<Configuration, StreamExecutionEnvironment> engine,
      int parallelism,
      Duration checkpointInterval)
      throws Exception {
    Configuration configuration =
        new Configuration()
            .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval)
            .set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, uri("checkpoints"))
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 20)
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
    StreamExecutionEnvironment env = engine.apply(configuration);
    env.setParallelism(parallelism);
    LearnJob.build(env, options());
    return env.executeAsync("learn " + topics.prefix());
  }

  /** Part, shard, identity, rank and revision of every live entry of the buffer. */
  SortedSet<String> buffer() {
    SortedSet<String> entries = new TreeSet<>();
    try {
      for (ReplayManifest manifest : new ReplayFolder(uri("replay")).current()) {
        for (ReplayManifest.Entry entry : manifest.entries()) {
          entries.add(
              "%s/%d %s %s %d"
                  .formatted(
                      manifest.part(),
                      manifest.shard(),
                      entry.identity(),
                      entry.rank(),
                      entry.labelRevision()));
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return entries;
  }

  private LearnJobOptions options() {
    LearnJobOptions base =
        LearnJobOptions.of(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            LabelledInput.MODEL,
            LabelledInput.TAXONOMY,
            uri("registry"),
            uri("payloads"),
            uri("replay"),
            folder.resolve("work").toString());
    ReplayOptions replay =
        new ReplayOptions(
            base.replay().root(),
            new Sampling(1, 120, 4, null),
            new Sampling(2, 40, 2, null),
            8,
            1 << 20,
            Duration.ofMillis(300),
            base.replay().retention(),
            1);
    return new LearnJobOptions(
        base.kafka(),
        topics.prefix(),
        base.groupId() + "-" + topics.prefix(),
        base.startingOffsets(),
        base.model(),
        base.taxonomy(),
        base.registryRoot(),
        base.payloadRoot(),
        base.limits(),
        new JoinOptions(5_000, 64L << 20, Duration.ofHours(1), labelWait, 5_000),
        new HoldoutSplit(0.25, Duration.ofSeconds(20), Duration.ofSeconds(2), 1),
        replay,
        new TriggerOptions(1_000_000, 1),
        base.training(),
        base.gate(),
        base.scoreWindow(),
        base.maxVersions(),
        new SinkOptions(base.sink().delivery(), "learn-" + topics.prefix()));
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }
}
