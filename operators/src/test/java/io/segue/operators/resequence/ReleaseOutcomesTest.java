package io.segue.operators.resequence;

import static io.segue.operators.FrameRecords.decoded;
import static io.segue.operators.FrameRecords.png;
import static io.segue.operators.FrameRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.image.ImageLimits;
import io.segue.operators.KeptMetrics;
import io.segue.operators.assign.StreamRule;
import io.segue.operators.assign.StreamRules;
import io.segue.operators.record.TopicWriter;
import io.segue.schemas.avro.CutOver;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.LabelRequest;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.MaskEncoding;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.Skip;
import io.segue.schemas.avro.TaxonomyRef;
import io.segue.schemas.flow.Outcome;
import io.segue.schemas.flow.ProducedRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ReleaseOutcomesTest {
  private static final int MAX_PARALLELISM = 128;

  private static KeyedOneInputStreamOperatorTestHarness<String, Outcome, ProducedRecord> harness(
      LabelRequestPolicy policy, int parallelism, int subtask) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(function(policy)),
        Outcome::getStreamId,
        Types.STRING,
        MAX_PARALLELISM,
        parallelism,
        subtask);
  }

  private static ReleaseOutcomes function(LabelRequestPolicy policy) {
    return new ReleaseOutcomes(
        new TopicWriter("segue.", "file:///unused"),
        policy,
        new StreamRules(List.of(new StreamRule("*", "road", "s1"))));
  }

  private static Outcome outcome(
      String stream, long generation, long ordinal, SpecificRecord made) {
    return Outcome.newBuilder()
        .setStreamId(stream)
        .setGeneration(generation)
        .setOrdinal(ordinal)
        .setRecord(made)
        .build();
  }

  private static Mask.Builder mask(String stream, long ordinal, long version) {
    return Mask.newBuilder()
        .setId(new FrameId(stream, 1L, ordinal))
        .setCaptureTime(Instant.EPOCH)
        .setModel("road")
        .setVersion(version)
        .setPlan("s1")
        .setTaxonomy(new TaxonomyRef("test", 1))
        .setWidth(4)
        .setHeight(2)
        .setEncoding(MaskEncoding.PNG_INDEXED)
        .setPayload(png(4, 2, 0))
        .setOrdinal(ordinal);
  }

  private static Outcome masked(String stream, long ordinal, long version) {
    return outcome(stream, 1, ordinal, mask(stream, ordinal, version).build());
  }

  private static DeadLetter letter(String stream, long ordinal) {
    return DeadLetter.newBuilder()
        .setLetterId("t-0-" + ordinal)
        .setId(new FrameId(stream, 1L, ordinal))
        .setOrdinal(ordinal)
        .setTopic("t")
        .setPartition(0)
        .setOffset(ordinal)
        .setStage("segment")
        .setCause(DeadLetterCause.IMAGE_TRUNCATED)
        .setMessage("breaks off")
        .setFailedAt(Instant.EPOCH)
        .build();
  }

  private static List<SpecificRecord> run(LabelRequestPolicy policy, Outcome... outcomes)
      throws Exception {
    try (var harness = harness(policy, 1, 0)) {
      harness.open();
      for (Outcome outcome : outcomes) {
        harness.processElement(outcome, 0);
      }
      return records(harness.extractOutputValues());
    }
  }

  private static List<SpecificRecord> run(Outcome... outcomes) throws Exception {
    return run(LabelRequestPolicy.NONE, outcomes);
  }

  private static List<SpecificRecord> records(List<ProducedRecord> produced) {
    return produced.stream().map(io.segue.operators.FrameRecords::decoded).toList();
  }

  private static List<Long> ordinals(List<SpecificRecord> records) {
    return records.stream()
        .filter(Mask.class::isInstance)
        .map(record -> ((Mask) record).getOrdinal())
        .toList();
  }

  @Test
  void releasesOutcomesInTheOrderOfTheirPlaces() throws Exception {
    assertThat(ordinals(run(masked("c", 2, 1), masked("c", 0, 1), masked("c", 1, 1))))
        .containsExactly(0L, 1L, 2L);
  }

  @Test
  void holdsBackNoOtherStream() throws Exception {
    List<SpecificRecord> records = run(masked("a", 1, 1), masked("b", 0, 1));
    assertThat(records.stream().filter(Mask.class::isInstance))
        .singleElement()
        .extracting(record -> ((Mask) record).getId().getStreamId())
        .isEqualTo("b");
  }

  @Test
  void deadLettersAndSkipsKeepTheirPlaces() throws Exception {
    Skip skip = new Skip(new FrameId("c", 1L, 1L), Instant.EPOCH, 1L, "max-age", 900L, 500L);
    List<SpecificRecord> records =
        run(
            masked("c", 3, 1),
            outcome("c", 1, 2, letter("c", 2)),
            outcome("c", 1, 1, skip),
            masked("c", 0, 1));
    assertThat(records)
        .extracting(record -> record.getClass().getSimpleName())
        .containsExactly("ModelEvent", "Mask", "Skip", "DeadLetter", "Mask");
  }

  @Test
  void writesACutOverDirectlyBeforeTheFirstMaskOfAnotherVersion() throws Exception {
    List<SpecificRecord> records =
        run(masked("c", 0, 1), masked("c", 2, 2), masked("c", 1, 1), masked("c", 3, 2));
    assertThat(records)
        .extracting(record -> record.getClass().getSimpleName())
        .containsExactly("ModelEvent", "Mask", "Mask", "ModelEvent", "Mask", "Mask");
    CutOver first = (CutOver) ((ModelEvent) records.get(0)).getEvent();
    assertThat(first.getFromVersion()).isNull();
    CutOver second = (CutOver) ((ModelEvent) records.get(3)).getEvent();
    assertThat(second.getFromVersion()).isEqualTo(1);
    assertThat(second.getToVersion()).isEqualTo(2);
    assertThat(second.getOrdinal()).isEqualTo(2);
  }

  private static List<String> cutOverReasons(Outcome... outcomes) throws Exception {
    return run(outcomes).stream()
        .filter(ModelEvent.class::isInstance)
        .map(event -> ((ModelEvent) event).getReason())
        .toList();
  }

  @Test
  void aCutOverSaysWhatWasTheCase() throws Exception {
    Outcome fallback = masked("c", 2, 1);
    fallback.setInsteadOf(3);
    Mask ofAnotherModel = mask("c", 3, 5).setModel("sea").build();
    assertThat(
            cutOverReasons(
                masked("c", 0, 1), masked("c", 1, 2), fallback, outcome("c", 1, 3, ofAnotherModel)))
        .containsExactly(
            "first mask of the stream",
            "the version was warm",
            "version 3 was refused",
            "the stream's model was 'road'");
  }

  @Test
  void countsMasksByPlanSkipsAndDeadLettersByCause() throws Exception {
    Mask cheaper = mask("c", 1, 1).setPlan("s2").build();
    Mask replayed = mask("c", -1, 1).setReplayOf("t-0-3").build();
    Skip skip = new Skip(new FrameId("c", 1L, 2L), Instant.EPOCH, 2L, "max-age", 900L, 500L);
    DeadLetter malformed = letter("c", 4);
    malformed.setCause(DeadLetterCause.NOT_AN_IMAGE);
    KeptMetrics metrics = new KeptMetrics();
    try (var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(function(LabelRequestPolicy.NONE)),
            Outcome::getStreamId,
            Types.STRING,
            metrics.environment(new JobID()))) {
      harness.open();
      assertThat(metrics.value("skips")).isZero();
      harness.processElement(masked("c", 0, 1), 0);
      harness.processElement(outcome("c", 1, 1, cheaper), 0);
      harness.processElement(outcome("c", 0, -1, replayed), 0);
      harness.processElement(outcome("c", 1, 2, skip), 0);
      harness.processElement(outcome("c", 1, 3, letter("c", 3)), 0);
      harness.processElement(outcome("c", 1, 4, malformed), 0);
    }
    assertThat(metrics.value("plan.s1.masks")).isEqualTo(2);
    assertThat(metrics.value("plan.s2.masks")).isEqualTo(1);
    assertThat(metrics.value("skips")).isEqualTo(1);
    assertThat(metrics.value("deadLetters.IMAGE_TRUNCATED")).isEqualTo(1);
    assertThat(metrics.value("deadLetters.NOT_AN_IMAGE")).isEqualTo(1);
  }

  @Test
  void aReplayedDeadLetterStandsOutsideTheOrder() throws Exception {
    Mask replayed = mask("c", -1, 7).setReplayOf("t-0-3").build();
    List<SpecificRecord> records =
        run(masked("c", 0, 1), outcome("c", 0, -1, replayed), masked("c", 1, 1));
    assertThat(records)
        .extracting(record -> record.getClass().getSimpleName())
        .containsExactly("ModelEvent", "Mask", "Mask", "Mask");
  }

  @Test
  void measuresTheShareOfPixelsThatChanged() throws Exception {
    byte[] half = {0, 0, 0, 0, 1, 1, 1, 1};
    Mask changed =
        mask("c", 1, 1)
            .setPayload(
                java.nio.ByteBuffer.wrap(
                    io.segue.connectors.image.MaskCodec.encode(
                        java.nio.ByteBuffer.wrap(half),
                        4,
                        2,
                        io.segue.operators.FrameRecords.TAXONOMY)))
            .build();
    List<SpecificRecord> records =
        run(masked("c", 0, 1), outcome("c", 1, 1, changed), masked("c", 2, 1));
    assertThat(records.stream().filter(Mask.class::isInstance))
        .extracting(record -> ((Mask) record).getChangedShare())
        .containsExactly(null, 0.5f, 0.5f);
  }

  @Test
  void takesMasksOfAnySizeThatFramesWereLetInWith() throws Exception {
    int beyondTheDefault = ImageLimits.DEFAULT.maxSide() + 8;
    List<SpecificRecord> records =
        run(
            outcome("c", 1, 0, wide(0, beyondTheDefault, 0)),
            outcome("c", 1, 1, wide(1, beyondTheDefault, 1)));
    assertThat(records.stream().filter(Mask.class::isInstance))
        .extracting(record -> ((Mask) record).getChangedShare())
        .containsExactly(null, 1f);
  }

  private static Mask wide(long ordinal, int width, int index) {
    return mask("c", ordinal, 1)
        .setWidth(width)
        .setHeight(2)
        .setPayload(png(width, 2, index))
        .build();
  }

  @Test
  void asksForLabelsOfUnsureMasksAtTheGivenRate() throws Exception {
    Outcome[] outcomes = new Outcome[10];
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] = outcome("c", 1, i, mask("c", i, 1).setMargin(i < 2 ? 0.9f : 0.1f).build());
    }
    List<SpecificRecord> records = run(new LabelRequestPolicy(0, 0.5, 4), outcomes);
    assertThat(records.stream().filter(LabelRequest.class::isInstance))
        .extracting(record -> ((LabelRequest) record).getId().getSequence())
        .containsExactly(2L, 6L);
  }

  @Test
  void asksForAShareOfAllLabels() throws Exception {
    Outcome[] outcomes = new Outcome[200];
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] = masked("c", i, 1);
    }
    long requests =
        run(new LabelRequestPolicy(0.25, 0, 1), outcomes).stream()
            .filter(LabelRequest.class::isInstance)
            .count();
    assertThat(requests).isBetween(25L, 75L);
  }

  @Test
  void aNewGenerationFollowsTheEndOfTheOneBefore() throws Exception {
    List<SpecificRecord> ended =
        run(
            masked("c", 0, 1),
            outcome("c", 5, 1, mask("c", 11, 2).build()),
            outcome("c", 5, 0, mask("c", 10, 2).build()),
            outcome("c", 1, 1, null));
    assertThat(ordinals(ended)).containsExactly(0L, 10L, 11L);
  }

  @Test
  void keepsNoStateOfAStreamThatHasEnded() throws Exception {
    try (var harness = harness(LabelRequestPolicy.NONE, 1, 0)) {
      harness.open();
      harness.processElement(masked("c", 0, 1), 0);
      harness.processElement(outcome("c", 1, 1, null), 0);
      assertThat(harness.numKeyedStateEntries()).isZero();
    }
  }

  @Property(tries = 25)
  void keepsOrderAndCompletenessThroughRescaling(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 3) int before,
      @ForAll @IntRange(min = 1, max = 3) int after)
      throws Exception {
    int streams = 5;
    int places = 12;
    List<Outcome> arrivals = new ArrayList<>();
    for (int s = 0; s < streams; s++) {
      for (int ordinal = 0; ordinal < places; ordinal++) {
        arrivals.add(masked("camera-" + s, ordinal, 1 + ordinal / 5));
      }
    }
    Collections.shuffle(arrivals, random);
    int half = arrivals.size() / 2;
    List<SpecificRecord> written = new ArrayList<>();
    OperatorSubtaskState snapshot = run(before, null, arrivals.subList(0, half), written);
    run(after, snapshot, arrivals.subList(half, arrivals.size()), written);

    for (int s = 0; s < streams; s++) {
      String stream = "camera-" + s;
      assertThat(
              written.stream()
                  .filter(Mask.class::isInstance)
                  .map(Mask.class::cast)
                  .filter(mask -> mask.getId().getStreamId().equals(stream))
                  .map(Mask::getOrdinal))
          .containsExactlyElementsOf(java.util.stream.LongStream.range(0, places).boxed().toList());
    }
    assertThat(written.stream().filter(ModelEvent.class::isInstance)).hasSize(streams * 3);
  }

  private static OperatorSubtaskState run(
      int parallelism,
      OperatorSubtaskState from,
      List<Outcome> arrivals,
      List<SpecificRecord> written)
      throws Exception {
    List<KeyedOneInputStreamOperatorTestHarness<String, Outcome, ProducedRecord>> subtasks =
        new ArrayList<>();
    for (int i = 0; i < parallelism; i++) {
      var harness = harness(LabelRequestPolicy.NONE, parallelism, i);
      harness.setup();
      if (from != null) {
        harness.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                from, MAX_PARALLELISM, subtasksOf(from), parallelism, i));
      }
      harness.open();
      subtasks.add(harness);
    }
    for (Outcome outcome : arrivals) {
      int subtask =
          org.apache.flink.runtime.state.KeyGroupRangeAssignment.assignKeyToParallelOperator(
              outcome.getStreamId(), MAX_PARALLELISM, parallelism);
      subtasks.get(subtask).processElement(outcome, 0);
    }
    OperatorSubtaskState[] snapshots = new OperatorSubtaskState[parallelism];
    for (int i = 0; i < parallelism; i++) {
      snapshots[i] = subtasks.get(i).snapshot(1, 1);
      written.addAll(records(subtasks.get(i).extractOutputValues()));
      subtasks.get(i).close();
    }
    return AbstractStreamOperatorTestHarness.repackageState(snapshots);
  }

  private static int subtasksOf(OperatorSubtaskState state) {
    return Math.max(1, state.getManagedKeyedState().size());
  }

  @Test
  void writesMasksUnderTheStreamAndEventsUnderTheModel() throws Exception {
    try (var harness = harness(LabelRequestPolicy.NONE, 1, 0)) {
      harness.open();
      harness.processElement(masked("c", 0, 1), 0);
      List<ProducedRecord> produced = harness.extractOutputValues();
      assertThat(produced)
          .extracting(ProducedRecord::getTopic)
          .containsExactly("segue.model-events", "segue.masks");
      assertThat(decoded(produced.get(1))).isInstanceOf(Mask.class);
    }
  }

  @Test
  void aTraceStateWithoutAParentIsLeftOut() throws Exception {
    Outcome stateOnly = masked("c", 0, 1);
    stateOnly.setTracestate(utf8("congo=t61rcWkgMzE"));
    try (var harness = harness(LabelRequestPolicy.NONE, 1, 0)) {
      harness.open();
      harness.processElement(stateOnly, 0);
      assertThat(harness.extractOutputValues())
          .allSatisfy(record -> assertThat(record.getHeaders()).isEmpty());
    }
  }
}
