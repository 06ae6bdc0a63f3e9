package io.segue.deploy.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.operators.assign.StreamRule;
import io.segue.operators.assign.StreamRules;
import io.segue.schemas.avro.ModelState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.Test;

class SegmentJobTest {
  private static final ModelState ROAD =
      ModelState.newBuilder()
          .setModel("road")
          .setRevision(1)
          .setLive(1)
          .setUpdatedAt(Instant.EPOCH)
          .setReason("test")
          .build();

  private static SegmentJobOptions options() {
    return SegmentJobOptions.of(
        Map.of("bootstrap.servers", "localhost:1"),
        "file:///registry",
        "file:///payloads",
        new StreamRules(List.of(new StreamRule("*", "road", "s1"))));
  }

  private static StreamExecutionEnvironment environment() {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.enableCheckpointing(Duration.ofSeconds(1).toMillis());
    env.setParallelism(2);
    SegmentJob.build(
        env,
        options(),
        (model, version) -> {
          throw new IllegalStateException("never loaded");
        },
        List.of(ROAD));
    return env;
  }

  @Test
  void hasNoGenericTypes() {
    StreamExecutionEnvironment env = environment();
    assertThat(env.getConfig().getSerializerConfig().hasGenericTypesDisabled()).isTrue();
    assertThat(env.getStreamGraph().getJobGraph().getNumberOfVertices()).isPositive();
  }

  @Test
  void everyOperatorHasAUidAndTheSameMaximumParallelism() {
    StreamGraph graph = environment().getStreamGraph(false);
    assertThat(graph.getStreamNodes())
        .allSatisfy(
            node -> assertThat(node.getTransformationUID()).as(node.getOperatorName()).isNotNull());
    JobGraph job = graph.getJobGraph();
    assertThat(job.getVertices())
        .extracting(JobVertex::getMaxParallelism)
        .containsOnly(SegmentJob.MAX_PARALLELISM);
  }

  @Test
  void assignsAndSegmentsInOneTaskAndReleasesIntoTheSink() {
    JobGraph job = environment().getStreamGraph().getJobGraph();
    assertThat(job.getVertices())
        .extracting(JobVertex::getName)
        .anySatisfy(name -> assertThat(name).contains("assign version").contains("segment"));
  }

  @Test
  void refusesExactlyOnceWithoutCheckpoints() {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    assertThatThrownBy(
            () ->
                SegmentJob.build(
                    env,
                    options(),
                    (model, version) -> {
                      throw new IllegalStateException("never loaded");
                    },
                    List.of(ROAD)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("execution.checkpointing.interval");
  }

  @Test
  void refusesCheckpointsAtLeastOnce() {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.enableCheckpointing(1000, CheckpointingMode.AT_LEAST_ONCE);
    assertThatThrownBy(
            () ->
                SegmentJob.build(
                    env,
                    options(),
                    (model, version) -> {
                      throw new IllegalStateException("never loaded");
                    },
                    List.of(ROAD)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("execution.checkpointing.mode is AT_LEAST_ONCE");
  }
}
