package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.operators.FrameRecords;
import io.segue.operators.admit.FrameLimits;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.flow.AdmittedFrame;
import io.segue.schemas.flow.AssignedFrame;
import io.segue.schemas.flow.Outcome;
import io.segue.schemas.flow.Refusal;
import java.time.Duration;
import java.util.List;
import org.apache.flink.formats.avro.typeutils.AvroSerializer;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class SegmentFramesTest {
  private static OneInputStreamOperatorTestHarness<AssignedFrame, Outcome> harness(
      ServingOptions options) throws Exception {
    HostSource hosts =
        new HostSource(options, (model, version) -> new ScriptedModel(), FrameLimits.DEFAULT);
    return new OneInputStreamOperatorTestHarness<>(
        new AsyncWaitOperatorFactory<>(
            new SegmentFrames(hosts, "file:///unused"), 0, 8, AsyncDataStream.OutputMode.UNORDERED),
        new AvroSerializer<>(AssignedFrame.class));
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
