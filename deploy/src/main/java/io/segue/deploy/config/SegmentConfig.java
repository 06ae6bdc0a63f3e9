package io.segue.deploy.config;

import io.segue.connectors.kafka.Delivery;
import io.segue.connectors.kafka.SinkOptions;
import io.segue.connectors.kafka.StartingOffsets;
import io.segue.deploy.job.SegmentJobOptions;
import io.segue.operators.admit.FrameLimits;
import io.segue.operators.assign.IdentityOptions;
import io.segue.operators.assign.StreamRules;
import io.segue.operators.resequence.LabelRequestPolicy;
import io.segue.operators.segment.ServingOptions;
import java.time.Duration;
import java.util.List;

/** What concerns the segment job alone; see {@link SegmentJobOptions} for each key. */
public record SegmentConfig(
    String groupId,
    StartingOffsets startingOffsets,
    ServingOptions serving,
    FrameLimits limits,
    IdentityOptions identities,
    Duration streamTtl,
    int inFlight,
    LabelRequestPolicy labelRequests,
    SinkOptions sink) {

  static final SegmentConfig DEFAULT =
      new SegmentConfig(
          "segue-segment",
          StartingOffsets.COMMITTED,
          ServingOptions.DEFAULT,
          FrameLimits.DEFAULT,
          IdentityOptions.DEFAULT,
          Duration.ofDays(7),
          64,
          LabelRequestPolicy.NONE,
          new SinkOptions(Delivery.EXACTLY_ONCE, "segue-segment"));

  SegmentJobOptions options(SegueConfig config) {
    List<StreamConfig> streams = config.streams();
    if (streams.isEmpty()) {
      throw SegueConfig.missing("streams");
    }
    return new SegmentJobOptions(
        config.kafkaClient(),
        config.topics().prefix(),
        groupId,
        startingOffsets,
        SegueConfig.required("registry", config.registry()),
        SegueConfig.required("payloads", config.payloads()),
        new StreamRules(streams.stream().map(StreamConfig::rule).toList()),
        serving,
        limits,
        identities,
        streamTtl,
        inFlight,
        labelRequests,
        sink);
  }
}
