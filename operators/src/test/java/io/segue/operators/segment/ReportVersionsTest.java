package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.segue.operators.FrameRecords;
import io.segue.operators.admit.FrameLimits;
import io.segue.operators.record.TopicWriter;
import io.segue.schemas.avro.InstanceStatus;
import io.segue.schemas.avro.InstanceStatusChange;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.ProducedRecord;
import java.time.Instant;
import java.util.List;
import org.apache.flink.formats.avro.typeutils.AvroSerializer;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ReportVersionsTest {
  private static final HostSource HOSTS =
      new HostSource(
          ServingOptions.DEFAULT, (model, version) -> new ScriptedModel(), FrameLimits.DEFAULT);

  @Test
  void writesWhatBecameOfVersionsWithoutAFrame() throws Exception {
    ReportVersions operator =
        new ReportVersions(HOSTS, new TopicWriter("segue.", "file:///unused"));
    try (var harness =
        new OneInputStreamOperatorTestHarness<>(
            operator, new AvroSerializer<>(ProducedRecord.class))) {
      harness.setup(new AvroSerializer<>(ProducedRecord.class));
      harness.open();
      try (ModelHost host = HOSTS.acquire(operator.getRuntimeContext())) {
        host.announce(
            ModelState.newBuilder()
                .setModel("road")
                .setRevision(1)
                .setLive(1)
                .setUpdatedAt(Instant.EPOCH)
                .setReason("test")
                .build());
        await().until(() -> host.readiness("road", 1) == Readiness.READY);

        harness.setProcessingTime(10_000);
      }
      List<InstanceStatus> statuses =
          harness.extractOutputValues().stream()
              .map(record -> (ModelEvent) FrameRecords.decoded(record))
              .map(event -> ((InstanceStatusChange) event.getEvent()).getStatus())
              .toList();
      assertThat(statuses).containsExactly(InstanceStatus.LOADING, InstanceStatus.WARMED);
    }
  }
}
