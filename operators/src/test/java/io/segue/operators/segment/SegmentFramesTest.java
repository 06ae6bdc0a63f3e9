package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.segue.operators.FrameRecords;
import io.segue.operators.KeptMetrics;
import io.segue.operators.admit.FrameLimits;
import io.segue.operators.assign.StreamRule;
import io.segue.operators.assign.StreamRules;
import io.segue.operators.record.TopicWriter;
import io.segue.operators.resequence.LabelRequestPolicy;
import io.segue.operators.resequence.ReleaseOutcomes;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.Skip;
import io.segue.schemas.flow.AdmittedFrame;
import io.segue.schemas.flow.AssignedFrame;
import io.segue.schemas.flow.Outcome;
import io.segue.schemas.flow.ProducedRecord;
import io.segue.schemas.flow.Refusal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroSerializer;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.Test;

class SegmentFramesTest {
  private final KeptMetrics metrics = new KeptMetrics();
  private final JobID job = new JobID();

  private OneInputStreamOperatorTestHarness<AssignedFrame, Outcome> harness(ServingOptions options)
      throws Exception {
    return harness(options, metrics, (model, version) -> new ScriptedModel());
  }

  private OneInputStreamOperatorTestHarness<AssignedFrame, Outcome> harness(
      ServingOptions options, KeptMetrics kept, ModelLoader loader) throws Exception {
    HostSource hosts = new HostSource(options, loader, FrameLimits.DEFAULT);
    return new OneInputStreamOperatorTestHarness<>(
        new AsyncWaitOperatorFactory<>(
            new SegmentFrames(hosts, "file:///unused"), 0, 8, AsyncDataStream.OutputMode.UNORDERED),
        new AvroSerializer<>(AssignedFrame.class),
        kept.environment(job));
  }

  private static AssignedFrame assigned(long ordinal, AdmittedFrame frame) {
    return AssignedFrame.newBuilder()
        .setStreamId("camera")
        .setGeneration(1)
        .setOrdinal(ordinal)
        .setFrame(frame)
        .setModel("road")
        .setVersion(1)
        .setPlan("s1")
        .build();
  }

  private static AdmittedFrame.Builder frame(long sequence) {
    return FrameRecords.admitted("camera", 1, sequence);
  }

  @Test
  void makesOneOutcomeOfEachPlace() throws Exception {
    try (var harness = harness(ServingOptions.DEFAULT)) {
      harness.open();
      Refusal refusal = new Refusal("admit", DeadLetterCause.NOT_AN_IMAGE, "text");
      harness.processElement(assigned(0, frame(0).build()), 0);
      harness.processElement(assigned(1, frame(1).setRefusal(refusal).build()), 0);
      harness.processElement(assigned(2, null), 0);
      harness.endInput();
      List<Outcome> outcomes = harness.extractOutputValues();
      assertThat(outcomes).extracting(Outcome::getOrdinal).containsExactlyInAnyOrder(0L, 1L, 2L);
      for (Outcome outcome : outcomes) {
        if (outcome.getOrdinal() == 0) {
          assertThat(((Mask) outcome.getRecord()).getVersion()).isEqualTo(1);
        } else if (outcome.getOrdinal() == 1) {
          assertThat(((DeadLetter) outcome.getRecord()).getOrdinal()).isEqualTo(1);
        } else {
          assertThat(outcome.getRecord()).isNull();
        }
      }
    }
  }

  private Mask maskUnder(String plan, float entropy, float variance) throws Exception {
    ModelLoader loader =
        (model, version) -> {
          ScriptedModel scripted = new ScriptedModel();
          scripted.margin = 0.25f;
          scripted.entropy = entropy;
          scripted.variance = variance;
          return scripted;
        };
    try (var harness = harness(ServingOptions.DEFAULT, metrics, loader)) {
      harness.open();
      AssignedFrame assigned = assigned(0, frame(0).build());
      assigned.setPlan(plan);
      harness.processElement(assigned, 0);
      harness.endInput();
      return (Mask) harness.extractOutputValues().get(0).getRecord();
    }
  }

  @Test
  void aMaskSaysItsPlanAndHowSureTheModelIs() throws Exception {
    Mask mask = maskUnder("s0.5+1-PROBABILITIES", 0.75f, 0.125f);
    assertThat(mask.getPlan()).isEqualTo("s0.5+1-PROBABILITIES");
    assertThat(mask.getMargin()).isEqualTo(0.25f);
    assertThat(mask.getEntropy()).isEqualTo(0.75f);
    assertThat(mask.getVariance()).isEqualTo(0.125f);
  }

  @Test
  void aMaskLeavesOutWhatItsModelDoesNotMeasure() throws Exception {
    Mask mask = maskUnder("s1", Float.NaN, Float.NaN);
    assertThat(mask.getPlan()).isEqualTo("s1");
    assertThat(mask.getMargin()).isEqualTo(0.25f);
    assertThat(mask.getEntropy()).isNull();
    assertThat(mask.getVariance()).isNull();
  }

  @Test
  void aFrameOfWhichNoOutcomeCanBeMadeFailsTheTask() throws Exception {
    try (var harness = harness(ServingOptions.DEFAULT)) {
      harness.getEnvironment().setExpectedExternalFailureCause(Throwable.class);
      harness.open();
      AssignedFrame nameless = assigned(0, frame(0).build());
      nameless.setStreamId(null);
      harness.processElement(nameless, 0);
      await().until(() -> harness.getEnvironment().getActualExternalFailureCause().isPresent());
    }
  }

  private List<Outcome> outcomes(AssignedFrame... frames) throws Exception {
    try (var harness = harness(ServingOptions.DEFAULT)) {
      harness.open();
      for (AssignedFrame frame : frames) {
        harness.processElement(frame, 0);
      }
      harness.endInput();
      return harness.extractOutputValues();
    }
  }

  @Test
  void servesAFrameOfAnyAgeByDefault() throws Exception {
    assertThat(outcomes(assigned(0, frame(0).build())))
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.getRecord()).isInstanceOf(Mask.class));
  }

  @Test
  void skipsAFrameThatIsOlderThanTheLimitInItsPlace() throws Exception {
    AssignedFrame old = assigned(1, frame(1).build());
    old.setMaxAgeMillis(500);
    AssignedFrame fresh = assigned(2, frame(2).build());
    fresh.getFrame().getRecord().setTimestamp(System.currentTimeMillis());
    fresh.setMaxAgeMillis(600_000);
    List<Outcome> outcomes = outcomes(fresh, old, assigned(0, frame(0).build()));

    List<SpecificRecord> released = released(outcomes).stream().map(FrameRecords::decoded).toList();
    assertThat(released)
        .extracting(record -> record.getClass().getSimpleName())
        .containsExactly("ModelEvent", "Mask", "Skip", "Mask");
    Skip skip = (Skip) released.get(2);
    assertThat(skip.getId().getSequence()).isEqualTo(1);
    assertThat(skip.getOrdinal()).isEqualTo(1);
    assertThat(skip.getLimitMillis()).isEqualTo(500);
    assertThat(skip.getAgeMillis()).as("received in 1970").isGreaterThan(1_000_000_000_000L);
  }

  private static List<ProducedRecord> released(List<Outcome> outcomes) throws Exception {
    try (var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(
                new ReleaseOutcomes(
                    new TopicWriter("segue.", "file:///unused"),
                    LabelRequestPolicy.NONE,
                    new StreamRules(List.of(new StreamRule("*", "road", "s1"))))),
            Outcome::getStreamId,
            Types.STRING)) {
      harness.open();
      for (Outcome outcome : outcomes) {
        harness.processElement(outcome, 0);
      }
      return harness.extractOutputValues();
    }
  }

  @Test
  void everyOutcomeCarriesTheTraceContextOfItsFrameAsHeaders() throws Exception {
    Map<String, ByteBuffer> trace =
        Map.of(
            "traceparent",
            FrameRecords.utf8("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            "tracestate",
            FrameRecords.utf8("congo=t61rcWkgMzE"));
    AssignedFrame mask = assigned(0, frame(0).build());
    AssignedFrame skip = assigned(1, frame(1).build());
    skip.setMaxAgeMillis(1);
    AssignedFrame refusedBefore =
        assigned(
            2,
            frame(2)
                .setRefusal(new Refusal("admit", DeadLetterCause.NOT_AN_IMAGE, "text"))
                .build());
    AssignedFrame refusedHere = assigned(3, frame(3).setWidth(0).setHeight(0).build());
    refusedHere.getFrame().getRecord().setValue(FrameRecords.utf8("no frame"));
    for (AssignedFrame frame : List.of(mask, skip, refusedBefore, refusedHere)) {
      Map<String, ByteBuffer> headers = new HashMap<>(trace);
      headers.put("other", FrameRecords.utf8("stays behind"));
      frame.getFrame().getRecord().setHeaders(headers);
    }

    List<ProducedRecord> released = released(outcomes(mask, skip, refusedBefore, refusedHere));
    assertThat(released)
        .filteredOn(record -> !record.getTopic().equals("segue.model-events"))
        .hasSize(4)
        .allSatisfy(record -> assertThat(record.getHeaders()).isEqualTo(trace));
  }

  @Test
  void registersTheFiguresOfAProcessWithOneOfItsSubtasksAtATime() throws Exception {
    KeptMetrics other = new KeptMetrics();
    try (var first = harness(ServingOptions.DEFAULT);
        var second =
            harness(ServingOptions.DEFAULT, other, (model, version) -> new ScriptedModel())) {
      first.open();
      second.open();
      second.processElement(assigned(0, frame(0).build()), 0);
      second.endInput();
      assertThat(metrics.names())
          .contains(
              "engine.queueDepth",
              "engine.versionsInMemory",
              "engine.residentBytes",
              "engine.nativeBytes",
              "engine.frames",
              "engine.batches",
              "engine.waitNanos",
              "engine.decodeNanos",
              "engine.inferenceNanos",
              "engine.encodeNanos",
              "lagMillis");
      assertThat(metrics.value("engine.frames")).isEqualTo(1);
      assertThat(metrics.value("engine.versionsInMemory")).isEqualTo(1);
      assertThat(metrics.value("engine.queueDepth")).isZero();
      assertThat(other.names()).contains("lagMillis").noneMatch(it -> it.startsWith("engine."));
      assertThat(other.value("lagMillis")).isGreaterThan(1_000_000_000_000L);

      first.close();
      assertThat(other.value("engine.frames")).isEqualTo(1);
    }
  }

  @Test
  void countsTheMemoryOfNativeLibraries() {
    long before = NativeHeap.bytes();
    try (BytePointer held = new BytePointer(256L << 20)) {
      held.fill(1);
      assertThat(NativeHeap.bytes() - before).isGreaterThan(128L << 20);
    }
  }

  @Test
  void endsWithFramesInFlightWithoutFailingTheTask() throws Exception {
    ServingOptions patient =
        EngineFixture.options(8, Duration.ofHours(1), 1 << 20, Duration.ofHours(1), 4L << 30);
    var harness = harness(patient);
    harness.getEnvironment().setExpectedExternalFailureCause(Throwable.class);
    harness.open();
    harness.processElement(assigned(0, frame(0).build()), 0);
    harness.close();
    assertThat(harness.extractOutputValues()).isEmpty();
    assertThat(harness.getEnvironment().getActualExternalFailureCause()).isEmpty();
  }
}
