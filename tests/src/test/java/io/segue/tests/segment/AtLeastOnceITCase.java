package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.kafka.Delivery;
import io.segue.connectors.kafka.SinkOptions;
import io.segue.deploy.job.SegmentJob;
import io.segue.deploy.job.SegmentJobOptions;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Mask;
import io.segue.tests.cluster.LocalEngine;
import io.segue.tests.stream.FrameFeeder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What a reader sees of a job that delivers at least once and loses its TaskManager. */
class AtLeastOnceITCase {
  private static final int FRAMES = 40;

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofMinutes(9);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void masksAreSeenAtOnceAndComeAgainUnderTheirIdentityAlone() throws Exception {
    try (SegmentLine line = SegmentLine.start(folder, 1);
        LocalEngine engine = LocalEngine.start(2);
        FrameFeeder feeder = line.feeder()) {
      // Without the pause Flink chooses when the first checkpoint of the interval begins.
      Configuration never =
          line.engine(CHECKPOINT_INTERVAL.toMillis())
              .set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, CHECKPOINT_INTERVAL);
      StreamExecutionEnvironment env = engine.environment(never);
      env.setParallelism(2);
      SegmentJob.build(env, atLeastOnce(line.options()));
      JobClient job = env.executeAsync("segment");
      try {
        send(feeder, 0, FRAMES);
        awaitMasks(line, FRAMES);
        assertThat(engine.rest().checkpoints(job.getJobID(), "completed"))
            .as("masks are seen without a checkpoint")
            .isZero();

        engine.replaceTaskManager();
        send(feeder, FRAMES, 2 * FRAMES);
        awaitMasks(line, 3 * FRAMES);
      } finally {
        job.cancel().get();
      }
      Map<FrameId, Mask> first = new LinkedHashMap<>();
      for (Mask mask : line.outcomes(IsolationLevel.READ_COMMITTED).masks()) {
        Mask before = first.putIfAbsent(mask.getId(), mask);
        assertThat(before == null ? mask.getPayload() : before.getPayload())
            .as("the mask of %s comes again as it was", mask.getId())
            .isEqualTo(mask.getPayload());
      }
      assertThat(first.keySet()).containsExactlyElementsOf(feeder.sent());
    }
  }

  private static void send(FrameFeeder feeder, int from, int to) {
    byte[] picture = SegmentLine.jpeg(96, 64, 1);
    for (int sequence = from; sequence < to; sequence++) {
      feeder.send("camera", 1, sequence, picture);
    }
    feeder.flush();
  }

  private static void awaitMasks(SegmentLine line, int count) {
    Awaitility.await(count + " masks")
        .atMost(Duration.ofMinutes(3))
        .until(() -> line.countOutcomes(IsolationLevel.READ_COMMITTED) >= count);
  }

  private static SegmentJobOptions atLeastOnce(SegmentJobOptions options) {
    return new SegmentJobOptions(
        options.kafka(),
        options.topicPrefix(),
        options.groupId(),
        options.startingOffsets(),
        options.registryRoot(),
        options.payloadRoot(),
        options.streams(),
        options.serving(),
        options.limits(),
        options.identities(),
        options.streamTtl(),
        options.inFlight(),
        options.labelRequests(),
        new SinkOptions(Delivery.AT_LEAST_ONCE, "segue-segment"));
  }
}
