package io.segue.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.segue.connectors.kafka.TopicSettings.Cleanup;
import io.segue.connectors.kafka.TopicSettings.Order;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.ProducedRecord;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ExactlyOnceITCase {
  private static final int RECORDS = 2000;
  private static final Duration CHECKPOINTS = Duration.ofMillis(300);

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir private Path dir;

  @Test
  void writesEachRecordOnceThroughAFailureInMidStream() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
        TopicAdmin admin = new TopicAdmin(broker.clientProperties())) {
      Duration day = Duration.ofDays(1);
      admin.create(
          List.of(
              new TopicSettings("in", 2, Order.BY_KEY, Cleanup.DELETE, day, 1 << 20),
              new TopicSettings("out", 2, Order.BY_KEY, Cleanup.DELETE, day, 1 << 20)),
          1);
      JobClient job = startCopyJob(broker);
      produce(broker);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(Topics.readAll(broker, "out", Isolation.READ_COMMITTED))
                      .hasSizeGreaterThanOrEqualTo(RECORDS));
      job.cancel().get();

      assertThat(FailsOnce.failed).as("the job failed in between").isTrue();
      assertThat(Topics.readAll(broker, "out", Isolation.READ_UNCOMMITTED))
          .as("the failure rolled records back")
          .hasSizeGreaterThan(RECORDS);
      assertThat(Topics.readAll(broker, "out", Isolation.READ_COMMITTED))
          .extracting(record -> new String(record.value(), UTF_8))
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, RECORDS).mapToObj(Integer::toString).toList());
    }
  }

  private static JobClient startCopyJob(EmbeddedBroker broker) throws Exception {
    Configuration options = new Configuration();
    options.set(PipelineOptions.GENERIC_TYPES, false);
    options.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    options.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(100));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(options);
    env.enableCheckpointing(CHECKPOINTS.toMillis());
    env.setParallelism(2);
    env.getConfig().enableObjectReuse();
    env.fromSource(
            KafkaSources.read(
                broker.clientProperties(),
                "copy",
                List.of("in"),
                Isolation.READ_COMMITTED,
                StartingOffsets.EARLIEST),
            WatermarkStrategy.noWatermarks(),
            "in")
        .map(new FailsOnce())
        .returns(new AvroTypeInfo<>(ProducedRecord.class))
        .sinkTo(
            KafkaSinks.write(
                broker.clientProperties(),
                new SinkOptions(Delivery.EXACTLY_ONCE, "copy"),
                CHECKPOINTS));
    return env.executeAsync("copy");
  }

  /** Holds the second half back until a checkpoint has completed. */
  private static void produce(EmbeddedBroker broker) throws Exception {
    try (var producer = Topics.producer(broker)) {
      for (int i = 0; i < RECORDS; i++) {
        byte[] key = Integer.toString(i % 7).getBytes(UTF_8);
        byte[] value = Integer.toString(i).getBytes(UTF_8);
        var sent = producer.send(new ProducerRecord<>("in", key, value));
        if (i == RECORDS / 2) {
          sent.get();
          await().atMost(Duration.ofSeconds(60)).untilTrue(FailsOnce.checkpointed);
        }
      }
    }
  }

  /** Copies, and throws once after a checkpoint has completed and some more records have passed. */
  static final class FailsOnce extends RichMapFunction<ConsumedRecord, ProducedRecord>
      implements CheckpointListener {
    private static final long serialVersionUID = 1L;
    private static final AtomicBoolean failed = new AtomicBoolean();
    private static final AtomicBoolean checkpointed = new AtomicBoolean();
    private static final AtomicInteger since = new AtomicInteger();

    @Override
    public ProducedRecord map(ConsumedRecord record) {
      if (checkpointed.get()
          && since.incrementAndGet() > RECORDS / 4
          && failed.compareAndSet(false, true)) {
        throw new IllegalStateException("fails on purpose");
      }
      ByteBuffer key = record.getKey();
      return new ProducedRecord("out", key, record.getValue(), Map.of());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      checkpointed.set(true);
    }
  }
}
