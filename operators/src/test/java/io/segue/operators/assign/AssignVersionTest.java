package io.segue.operators.assign;

import static io.segue.operators.FrameRecords.admitted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.segue.operators.FrameRecords;
import io.segue.operators.KeptMetrics;
import io.segue.operators.admit.FrameLimits;
import io.segue.operators.record.TopicWriter;
import io.segue.operators.segment.HostSource;
import io.segue.operators.segment.ModelHost;
import io.segue.operators.segment.Readiness;
import io.segue.operators.segment.ScriptedModel;
import io.segue.operators.segment.ServingOptions;
import io.segue.schemas.avro.Activation;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.AdmittedFrame;
import io.segue.schemas.flow.AssignedFrame;
import io.segue.schemas.flow.ProducedRecord;
import io.segue.schemas.flow.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.groups.OperatorMetricGroup;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AssignVersionTest {
  private static final Duration TTL = Duration.ofMinutes(30);
  private static final long VERSION_THAT_NEVER_LOADS = 99;
  private static final long VERSION_THAT_WAITS = 98;
  private static final CountDownLatch MAY_LOAD = new CountDownLatch(1);
  private static final HostSource HOSTS =
      new HostSource(
          ServingOptions.DEFAULT,
          (model, version) -> {
            if (version == VERSION_THAT_NEVER_LOADS) {
              throw new IllegalStateException("scripted");
            }
            if (version == VERSION_THAT_WAITS) {
              MAY_LOAD.await();
            }
            return new ScriptedModel();
          },
          FrameLimits.DEFAULT);

  private KeyedBroadcastOperatorTestHarness<String, AdmittedFrame, ModelState, AssignedFrame>
      harness;
  private final KeptMetrics kept = new KeptMetrics();
  private ModelHost host;

  @AfterEach
  void close() throws Exception {
    host.close();
    harness.close();
  }

  private static ModelState state(long revision, long live, Long previous) {
    return ModelState.newBuilder()
        .setModel("road")
        .setRevision(revision)
        .setLive(live)
        .setPrevious(previous)
        .setUpdatedAt(Instant.EPOCH)
        .setReason("test")
        .build();
  }

  private void open(ModelState initial, OperatorSubtaskState restored) throws Exception {
    AssignVersion function =
        new AssignVersion(
            new StreamRules(
                List.of(
                    new StreamRule("slow-*", "road", "s1", 500),
                    new StreamRule("*", "road", "s1"))),
            new IdentityOptions(2, 16),
            TTL,
            List.of(initial),
            HOSTS,
            new TopicWriter("segue.", "file:///unused"));
    harness =
        new KeyedBroadcastOperatorTestHarness<>(
            new CoBroadcastWithKeyedOperator<>(function, List.of(AssignVersion.MODELS)) {
              @Override
              public OperatorMetricGroup getMetricGroup() {
                return kept.operator();
              }
            },
            frame -> frame.getId().getStreamId(),
            Types.STRING,
            128,
            1,
            0);
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
    harness.setProcessingTime(System.currentTimeMillis());
    host = HOSTS.acquire(function.getRuntimeContext());
  }

  private void openWarm(long version) throws Exception {
    open(state(1, version, null), null);
    awaitReady(version);
  }

  private void awaitReady(long version) {
    await().until(() -> host.readiness("road", version) == Readiness.READY);
  }

  private AssignedFrame assign(AdmittedFrame frame) throws Exception {
    int before = harness.extractOutputValues().size();
    harness.processElement(new StreamRecord<>(frame));
    List<AssignedFrame> out = harness.extractOutputValues();
    return out.size() == before ? null : out.get(before);
  }

  private AssignedFrame assign(String stream, long epoch, long sequence) throws Exception {
    return assign(admitted(stream, epoch, sequence).build());
  }

  private List<SpecificRecord> records() {
    var records = harness.getSideOutput(AssignVersion.RECORDS);
    return records == null
        ? List.of()
        : records.stream()
            .map(StreamRecord::getValue)
            .map((ProducedRecord record) -> FrameRecords.decoded(record))
            .toList();
  }

  @Test
  void givesEachStreamItsOwnRunningPlaces() throws Exception {
    openWarm(1);
    assertThat(assign("a", 1, 10).getOrdinal()).isZero();
    assertThat(assign("a", 1, 11).getOrdinal()).isEqualTo(1);
    assertThat(assign("b", 1, 10).getOrdinal()).isZero();
    assertThat(assign("a", 2, 0).getOrdinal()).isEqualTo(2);
  }

  @Test
  void dropsARepeatAndCountsIt() throws Exception {
    openWarm(1);
    assign("a", 1, 10);
    assertThat(assign("a", 1, 10)).isNull();
    assertThat(records())
        .filteredOn(Metric.class::isInstance)
        .singleElement()
        .satisfies(
            metric -> {
              assertThat(((Metric) metric).getName()).isEqualTo(AssignVersion.REPEAT_METRIC);
              assertThat(((Metric) metric).getId().getSequence()).isEqualTo(10);
            });
    assertThat(assign("a", 1, 11).getOrdinal()).isEqualTo(1);
  }

  @Test
  void servesALateFrameInTheOrderOfArrivalAndFlagsIt() throws Exception {
    openWarm(1);
    assign("a", 1, 10);
    AssignedFrame late = assign("a", 1, 9);
    assertThat(late.getLate()).isTrue();
    assertThat(late.getOrdinal()).isEqualTo(1);
  }

  @Test
  void refusesAnIdentityTooOldToBeToldFromARepeat() throws Exception {
    openWarm(1);
    assign("a", 1, 100);
    AssignedFrame expired = assign("a", 1, 1);
    assertThat(expired.getFrame().getRefusal().getCause())
        .isEqualTo(DeadLetterCause.EXPIRED_IDENTITY);
    assertThat(expired.getOrdinal()).isEqualTo(1);
  }

  @Test
  void reportsSequencesThatAreMissing() throws Exception {
    openWarm(1);
    assign("a", 1, 10);
    assign("a", 1, 15);
    assertThat(records())
        .filteredOn(Metric.class::isInstance)
        .singleElement()
        .satisfies(metric -> assertThat(((Metric) metric).getValue()).isEqualTo(4));
  }

  @Test
  void aLateFrameTakesItsPlaceInAGapBack() throws Exception {
    openWarm(1);
    assign("a", 1, 2);
    assign("a", 1, 5);
    assign("a", 1, 4);
    assign("a", 1, 1);
    assertThat(kept.value("sequenceGaps")).isEqualTo(1);
    assertThat(kept.value("missingSequences")).isEqualTo(2);
    assertThat(kept.value("foundSequences")).as("1 was never missing").isEqualTo(1);
    assertThat(kept.value("lateFrames")).isEqualTo(2);
    assertThat(records())
        .extracting(metric -> ((Metric) metric).getName(), metric -> ((Metric) metric).getValue())
        .containsExactly(
            tuple(AssignVersion.GAP_METRIC, 2.0), tuple(AssignVersion.GAP_METRIC, -1.0));
  }

  @Test
  void countsRepeatsAndFramesFromTheFuture() throws Exception {
    openWarm(1);
    long now = harness.getProcessingTime();
    assign(admitted("a", 1, 0).setCaptureTime(now + 50_000).build());
    assign(admitted("a", 1, 1).setCaptureTime(now + 70_000).build());
    assign(admitted("a", 1, 1).build());
    assertThat(kept.value("futureFrames")).isEqualTo(1);
    assertThat(kept.value("droppedRepeats")).isEqualTo(1);
    assertThat(kept.value("sequenceGaps")).isZero();
  }

  @Test
  void noOverloadPolicyHoldsForAReplay() throws Exception {
    openWarm(1);
    AssignedFrame replayed = assign(admitted("slow-1", 1, 10).setReplayOf("t-0-1").build());
    assertThat(replayed.getMaxAgeMillis()).isZero();
  }

  @Test
  void saysWhichVersionWasRefusedWhereAStreamMovesToAnother() throws Exception {
    open(state(1, VERSION_THAT_NEVER_LOADS, 1L), null);
    await().until(() -> host.readiness("road", VERSION_THAT_NEVER_LOADS) == Readiness.FAILED);
    awaitReady(1);
    AssignedFrame first = assign("a", 1, 0);
    assertThat(first.getVersion()).isEqualTo(1);
    assertThat(first.getInsteadOf()).isEqualTo(VERSION_THAT_NEVER_LOADS);
    assertThat(assign("a", 1, 1).getInsteadOf()).as("it stays").isZero();
  }

  @Test
  void aReplayedDeadLetterIsNoRepeatAndHasNoPlace() throws Exception {
    openWarm(1);
    assign("a", 1, 10);
    AssignedFrame replayed = assign(admitted("a", 1, 10).setReplayOf("t-0-1").build());
    assertThat(replayed.getOrdinal()).isEqualTo(-1);
    assertThat(replayed.getVersion()).isEqualTo(1);
    assertThat(assign("a", 1, 11).getOrdinal()).isEqualTo(1);
  }

  @Test
  void aRefusedFrameKeepsItsPlaceAndIsRefusedOnce() throws Exception {
    openWarm(1);
    AdmittedFrame bad =
        admitted("a", 1, 10)
            .setRefusal(new Refusal("admit", DeadLetterCause.NOT_AN_IMAGE, "text"))
            .build();
    assertThat(assign(bad).getOrdinal()).isZero();
    assertThat(assign(bad)).isNull();
  }

  @Test
  void movesAStreamOnceTheAnnouncedVersionIsWarm() throws Exception {
    openWarm(1);
    assertThat(assign("a", 1, 0).getVersion()).isEqualTo(1);
    harness.processBroadcastElement(state(2, 2, 1L), 0);
    awaitReady(2);
    assertThat(assign("a", 1, 1).getVersion()).isEqualTo(2);
  }

  @Test
  void cutsOverAtTheTimeOfAnActivationHoweverLongItLoads() throws Exception {
    ModelState planned =
        ModelState.newBuilder(state(1, 1, null))
            .setActivations(
                List.of(
                    new Activation(
                        VERSION_THAT_WAITS,
                        Instant.ofEpochMilli(admitted("a", 1, 11).getCaptureTime()))))
            .build();
    open(planned, null);
    awaitReady(1);
    List<Long> versions = new ArrayList<>();
    for (long sequence = 10; sequence <= 12; sequence++) {
      versions.add(assign("a", 1, sequence).getVersion());
    }
    assertThat(host.readiness("road", VERSION_THAT_WAITS)).isEqualTo(Readiness.EXPECTED);
    MAY_LOAD.countDown();
    assertThat(versions).containsExactly(1L, VERSION_THAT_WAITS, VERSION_THAT_WAITS);
  }

  @Test
  void theOldVersionServesOnWhereTheNewOneFails() throws Exception {
    openWarm(1);
    assign("a", 1, 0);
    harness.processBroadcastElement(state(2, VERSION_THAT_NEVER_LOADS, 1L), 0);
    await().until(() -> host.readiness("road", VERSION_THAT_NEVER_LOADS) == Readiness.FAILED);
    assertThat(assign("a", 1, 1).getVersion()).isEqualTo(1);
    assertThat(host.drainEvents().toString()).contains("FAILED").contains("scripted");
  }

  @Test
  void ignoresAnOlderRevision() throws Exception {
    open(state(5, 2, null), null);
    awaitReady(2);
    harness.processBroadcastElement(state(4, 1, null), 0);
    assertThat(assign("a", 1, 0).getVersion()).isEqualTo(2);
  }

  @Test
  void aRestoredStreamGoesOnWhereItWas() throws Exception {
    openWarm(1);
    assign("a", 1, 0);
    harness.processBroadcastElement(state(2, 2, 1L), 0);
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    close();

    open(state(1, 1, null), snapshot);
    assertThat(assign("a", 1, 0)).as("a repeat from before").isNull();
    AssignedFrame next = assign("a", 1, 1);
    assertThat(next.getOrdinal()).isEqualTo(1);
    awaitReady(2);
    assertThat(assign("a", 1, 2).getVersion()).as("restored state wins").isEqualTo(2);
  }

  @Test
  void endsTheStateOfASilentStream() throws Exception {
    openWarm(1);
    AssignedFrame first = assign("a", 1, 0);
    harness.setProcessingTime(harness.getProcessingTime() + TTL.toMillis() / 2);
    assign("a", 1, 1);
    harness.setProcessingTime(harness.getProcessingTime() + TTL.toMillis() * 2 / 3);
    assertThat(harness.extractOutputValues()).as("not silent for long enough").hasSize(2);
    harness.setProcessingTime(harness.getProcessingTime() + TTL.toMillis());
    AssignedFrame end = harness.extractOutputValues().get(2);
    assertThat(end.getFrame()).isNull();
    assertThat(end.getOrdinal()).isEqualTo(2);
    assertThat(end.getGeneration()).isEqualTo(first.getGeneration());
    AssignedFrame again = assign("a", 1, 0);
    assertThat(again.getOrdinal()).isZero();
    assertThat(again.getGeneration()).isGreaterThan(first.getGeneration());
  }

  @Test
  void passesOnTheOverloadPolicyOfTheStream() throws Exception {
    openWarm(1);
    assertThat(assign("slow-1", 1, 0).getMaxAgeMillis()).isEqualTo(500);
    assertThat(assign("a", 1, 0).getMaxAgeMillis()).isZero();
  }
}
