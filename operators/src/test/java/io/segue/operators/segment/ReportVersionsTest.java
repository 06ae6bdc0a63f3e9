package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.segue.model.config.Plan;
import io.segue.operators.FrameRecords;
import io.segue.operators.admit.FrameLimits;
import io.segue.operators.record.TopicWriter;
import io.segue.schemas.avro.InstanceStatus;
import io.segue.schemas.avro.InstanceStatusChange;
import io.segue.schemas.avro.Metric;
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

  @Test
  void writesWhatAShadowWasMeasuredToDo() throws Exception {
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
                .setShadow(2L)
                .setUpdatedAt(Instant.EPOCH)
                .setReason("test")
                .build());
        await()
            .until(
                () ->
                    host.readiness("road", 1) == Readiness.READY
                        && host.readiness("road", 2) == Readiness.READY);
        // The shadow is behind the frames it infers: some come too many.
        for (int i = 0; metrics(harness).isEmpty() && i < 1_000; i++) {
          host.submit(
                  0,
                  "road",
                  new FrameRequest(
                      "frame",
                      "camera",
                      1,
                      Plan.SINGLE,
                      4,
                      2,
                      Long.MAX_VALUE,
                      () -> FrameRecords.png(4, 2, 1)))
              .join();
          harness.setProcessingTime(10_000 + 200L * i);
        }
      }
      assertThat(metrics(harness))
          .extracting(ProducedRecord::getTopic)
          .containsOnly("segue.metrics");
      assertThat(metrics(harness))
          .extracting(record -> ((Metric) FrameRecords.decoded(record)).getName())
          .contains(ShadowReports.AGREEMENT, ShadowReports.FLICKER);
      Metric agreement = (Metric) FrameRecords.decoded(metrics(harness).get(0));
      assertThat(agreement.getModel()).isEqualTo("road");
      assertThat(agreement.getVersion()).isEqualTo(2);
      assertThat(agreement.getValue()).isEqualTo(1);
    }
  }

  private static List<ProducedRecord> metrics(
      OneInputStreamOperatorTestHarness<ProducedRecord, ProducedRecord> harness) {
    return harness.extractOutputValues().stream()
        .filter(record -> FrameRecords.decoded(record) instanceof Metric)
        .toList();
  }
}
