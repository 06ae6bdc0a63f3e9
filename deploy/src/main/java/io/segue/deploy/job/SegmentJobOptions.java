package io.segue.deploy.job;

import io.segue.connectors.kafka.Delivery;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.SinkOptions;
import io.segue.connectors.kafka.StartingOffsets;
import io.segue.operators.admit.FrameLimits;
import io.segue.operators.assign.IdentityOptions;
import io.segue.operators.assign.StreamRules;
import io.segue.operators.resequence.LabelRequestPolicy;
import io.segue.operators.segment.ServingOptions;
import java.time.Duration;
import java.util.Map;

/**
 * What the segment job is told. Parallelism, checkpoints and restarts are the environment's.
 *
 * @param kafka client options, {@code bootstrap.servers} among them
 * @param topicPrefix prefix of the topics' names
 * @param groupId consumer group of the frames; with a suffix, of the model updates
 * @param startingOffsets where frames are read from without a checkpoint
 * @param registryRoot where published versions are, a Flink file system path
 * @param payloadRoot where payloads by reference are, a Flink file system path
 * @param streams which stream uses which model and plan
 * @param serving how models are served in a process
 * @param limits of frames that are let in
 * @param identities how far back repeats are told
 * @param streamTtl silence after which a stream's state is given up, at least a minute
 * @param inFlight frames that one subtask keeps in the engine: more fill batches better, and weigh
 *     on each checkpoint
 * @param labelRequests which frames a label is asked for
 * @param sink how results are delivered
 */
public record SegmentJobOptions(
    Map<String, String> kafka,
    String topicPrefix,
    String groupId,
    StartingOffsets startingOffsets,
    String registryRoot,
    String payloadRoot,
    StreamRules streams,
    ServingOptions serving,
    FrameLimits limits,
    IdentityOptions identities,
    Duration streamTtl,
    int inFlight,
    LabelRequestPolicy labelRequests,
    SinkOptions sink) {

  private static final Duration LEAST_STREAM_TTL = Duration.ofMinutes(1);

  public SegmentJobOptions {
    kafka = Map.copyOf(kafka);
    if (streamTtl.compareTo(LEAST_STREAM_TTL) < 0) {
      throw new IllegalArgumentException(
          "segment.stream_ttl is %s; it must be at least %s, longer than any frame is in flight"
              .formatted(streamTtl, LEAST_STREAM_TTL));
    }
    if (inFlight < 1) {
      throw new IllegalArgumentException(
          "segment.in_flight is %d; it must be at least 1".formatted(inFlight));
    }
  }

  /**
   * The options that nothing can stand in for, and defaults for the rest: exactly once, from the
   * first frame kept, 64 frames in flight, states of streams kept for a week, no label requests.
   */
  public static SegmentJobOptions of(
      Map<String, String> kafka, String registryRoot, String payloadRoot, StreamRules streams) {
    return new SegmentJobOptions(
        kafka,
        SegueTopics.DEFAULT_PREFIX,
        "segue-segment",
        StartingOffsets.COMMITTED,
        registryRoot,
        payloadRoot,
        streams,
        ServingOptions.DEFAULT,
        FrameLimits.DEFAULT,
        IdentityOptions.DEFAULT,
        Duration.ofDays(7),
        64,
        LabelRequestPolicy.NONE,
        new SinkOptions(Delivery.EXACTLY_ONCE, "segue-segment"));
  }
}
