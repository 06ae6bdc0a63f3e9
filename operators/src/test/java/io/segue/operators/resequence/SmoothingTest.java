package io.segue.operators.resequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.connectors.image.ImageLimits;
import io.segue.connectors.image.MaskCodec;
import io.segue.operators.FrameRecords;
import io.segue.operators.assign.StreamRule;
import io.segue.operators.assign.StreamRules;
import io.segue.operators.record.TopicWriter;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.MaskEncoding;
import io.segue.schemas.avro.TaxonomyRef;
import io.segue.schemas.flow.Outcome;
import io.segue.schemas.flow.ProducedRecord;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Smoothing as the masks of a stream show it, behind the operator and its state. */
class SmoothingTest {
  private static final int MAX_PARALLELISM = 128;
  private static final int WIDTH = 4;
  private static final int HEIGHT = 2;

  /** A mask of the model: where it stands, who made it, and its classes. */
  @SuppressWarnings("ArrayRecordComponent") // a picture in a test
  private record Made(long epoch, long sequence, long version, int width, byte[] classes) {
    Made(long sequence, int... firstPixels) {
      this(1, sequence, 1, WIDTH, pixels(firstPixels));
    }

    private static byte[] pixels(int... first) {
      byte[] classes = new byte[WIDTH * HEIGHT];
      for (int i = 0; i < first.length; i++) {
        classes[i] = (byte) first[i];
      }
      return classes;
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Outcome, ProducedRecord> harness(
      int smoothFrames, int parallelism, int subtask) throws Exception {
    StreamRule smoothed = new StreamRule("smooth-*", "road", "s1", 0, List.of(), smoothFrames);
    StreamRule other = new StreamRule("*", "road", "s1");
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(
            new ReleaseOutcomes(
                new TopicWriter("segue.", "file:///unused"),
                LabelRequestPolicy.NONE,
                new StreamRules(List.of(smoothed, other)))),
        Outcome::getStreamId,
        Types.STRING,
        MAX_PARALLELISM,
        parallelism,
        subtask);
  }

  private static Outcome outcome(String stream, long ordinal, Made made) {
    int height = made.classes().length / made.width();
    byte[] png =
        MaskCodec.encode(
            ByteBuffer.wrap(made.classes()), made.width(), height, FrameRecords.TAXONOMY);
    Mask mask =
        Mask.newBuilder()
            .setId(new FrameId(stream, made.epoch(), made.sequence()))
            .setCaptureTime(Instant.EPOCH)
            .setModel("road")
            .setVersion(made.version())
            .setPlan("s1")
            .setTaxonomy(new TaxonomyRef("test", 1))
            .setWidth(made.width())
            .setHeight(height)
            .setEncoding(MaskEncoding.PNG_INDEXED)
            .setPayload(ByteBuffer.wrap(png))
            .setOrdinal(ordinal)
            .build();
    return Outcome.newBuilder()
        .setStreamId(stream)
        .setGeneration(1)
        .setOrdinal(ordinal)
        .setRecord(mask)
        .build();
  }

  private static List<Mask> masks(List<ProducedRecord> produced) {
    return produced.stream()
        .map(FrameRecords::decoded)
        .filter(Mask.class::isInstance)
        .map(Mask.class::cast)
        .toList();
  }

  private static List<Mask> run(int smoothFrames, String stream, List<Made> made) throws Exception {
    try (var harness = harness(smoothFrames, 1, 0)) {
      harness.open();
      for (int i = 0; i < made.size(); i++) {
        harness.processElement(outcome(stream, i, made.get(i)), 0);
      }
      return masks(harness.extractOutputValues());
    }
  }

  private static byte[] classes(Mask mask) {
    byte[] png = new byte[mask.getPayload().remaining()];
    mask.getPayload().duplicate().get(png);
    return MaskCodec.decode(png).indices();
  }

  private static List<Integer> firstPixel(List<Mask> masks) {
    return masks.stream().map(mask -> (int) classes(mask)[0]).toList();
  }

  private static List<Made> sequences(int... firstPixel) {
    return IntStream.range(0, firstPixel.length).mapToObj(i -> new Made(i, firstPixel[i])).toList();
  }

  @Test
  void aPixelChangesOnceEnoughFramesInARowAgree() throws Exception {
    assertThat(firstPixel(run(3, "smooth-a", sequences(0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 0))))
        .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1);
  }

  @Test
  void classesThatAlternateAreNoAgreement() throws Exception {
    assertThat(firstPixel(run(2, "smooth-a", sequences(0, 1, 2, 1, 2, 2))))
        .containsExactly(0, 0, 0, 0, 0, 2);
  }

  @Test
  void aMaskSaysOverHowManyFramesItWasSmoothedAndWhatTheModelsOwnChangedBy() throws Exception {
    List<Mask> masks = run(3, "smooth-a", sequences(0, 1, 0));
    assertThat(masks).extracting(Mask::getSmoothedOver).containsOnly(3);
    assertThat(masks).extracting(Mask::getRawChangedShare).containsExactly(null, 0.125f, 0.125f);
    assertThat(masks).extracting(Mask::getChangedShare).containsExactly(null, 0f, 0f);
  }

  @Test
  void otherStreamsKeepTheMasksOfTheModel() throws Exception {
    List<Mask> masks = run(3, "plain", sequences(0, 1, 0));
    assertThat(firstPixel(masks)).containsExactly(0, 1, 0);
    assertThat(masks).extracting(Mask::getSmoothedOver).containsOnly(0);
    assertThat(masks).extracting(Mask::getRawChangedShare).containsOnlyNulls();
  }

  @Test
  void beginsAnewAtAGapARunAVersionAndASize() throws Exception {
    byte[] one = new Made(0, 1).classes();
    byte[] two = new Made(0, 2).classes();
    List<Mask> masks =
        run(
            3,
            "smooth-a",
            List.of(
                new Made(1, 0, 1, WIDTH, new byte[8]),
                new Made(1, 2, 1, WIDTH, one),
                new Made(2, 3, 1, WIDTH, two),
                new Made(2, 4, 2, WIDTH, one),
                new Made(2, 5, 2, 2, two),
                new Made(2, 6, 2, 2, one),
                new Made(2, 5, 2, 2, one)));
    assertThat(firstPixel(masks)).containsExactly(0, 1, 2, 1, 2, 2, 1);
  }

  @Test
  void smoothsMasksOfAnySizeThatFramesWereLetInWith() throws Exception {
    int width = ImageLimits.DEFAULT.maxSide() + 8;
    byte[] zero = new byte[width];
    byte[] one = new byte[width];
    Arrays.fill(one, (byte) 1);
    List<Mask> masks =
        run(3, "smooth-a", List.of(new Made(1, 0, 1, width, zero), new Made(1, 1, 1, width, one)));
    assertThat(masks).extracting(Mask::getRawChangedShare).containsExactly(null, 1f);
    assertThat(masks).extracting(Mask::getChangedShare).containsExactly(null, 0f);
  }

  @Test
  void keepsTheColoursOfTheMask() throws Exception {
    Mask smoothed = run(3, "smooth-a", sequences(0, 1)).get(1);
    byte[] expected =
        MaskCodec.encode(ByteBuffer.wrap(new byte[8]), WIDTH, HEIGHT, FrameRecords.TAXONOMY);
    assertThat(smoothed.getPayload()).isEqualTo(ByteBuffer.wrap(expected));
  }

  @Test
  void keepsNoStateOfAStreamThatHasEnded() throws Exception {
    try (var harness = harness(3, 1, 0)) {
      harness.open();
      harness.processElement(outcome("smooth-a", 0, new Made(0, 1)), 0);
      harness.processElement(
          Outcome.newBuilder().setStreamId("smooth-a").setGeneration(1).setOrdinal(1).build(), 0);
      assertThat(harness.numKeyedStateEntries()).isZero();
    }
  }

  @Property(tries = 60)
  void aPixelIsWhatTheLastFramesAgreeOnOrElseWhatItWas(
      @ForAll Random random, @ForAll @IntRange(min = 2, max = 5) int frames) throws Exception {
    List<Made> made = video(random, 40);
    List<Mask> masks = run(frames, "smooth-a", made);
    byte[] expected = made.get(0).classes();
    int begin = 0;
    for (int t = 0; t < made.size(); t++) {
      if (t > 0 && breaks(made.get(t - 1), made.get(t))) {
        begin = t;
        expected = made.get(t).classes().clone();
      }
      for (int pixel = 0; pixel < expected.length; pixel++) {
        byte now = made.get(t).classes()[pixel];
        boolean agreed = t - frames + 1 >= begin;
        for (int back = 0; agreed && back < frames; back++) {
          agreed = made.get(t - back).classes()[pixel] == now;
        }
        expected[pixel] = agreed ? now : expected[pixel];
      }
      assertThat(classes(masks.get(t))).as("frame %d", t).isEqualTo(expected);
      expected = expected.clone();
    }
  }

  @Property(tries = 60)
  void smoothingNeverRaisesFlicker(
      @ForAll Random random, @ForAll @IntRange(min = 2, max = 5) int frames) throws Exception {
    double raw = 0;
    double shown = 0;
    for (Mask mask : run(frames, "smooth-a", video(random, 40))) {
      raw += mask.getRawChangedShare() == null ? 0 : mask.getRawChangedShare();
      shown += mask.getChangedShare() == null ? 0 : mask.getChangedShare();
      assertThat(shown).isLessThanOrEqualTo(raw);
    }
  }

  @Property(tries = 8)
  void comesOutTheSameAfterARestoreIntoAnotherParallelism(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 3) int before,
      @ForAll @IntRange(min = 1, max = 3) int after,
      @ForAll @IntRange(min = 1, max = 29) int killedAt)
      throws Exception {
    List<String> streams = List.of("smooth-a", "smooth-b", "smooth-c");
    List<List<Made>> videos = streams.stream().map(stream -> video(random, 30)).toList();
    List<Mask> written = new ArrayList<>();
    OperatorSubtaskState snapshot = run(before, null, streams, videos, 0, killedAt, written);
    run(after, snapshot, streams, videos, killedAt, 30, written);
    for (int s = 0; s < streams.size(); s++) {
      String stream = streams.get(s);
      assertThat(written.stream().filter(m -> m.getId().getStreamId().equals(stream)).toList())
          .isEqualTo(run(3, stream, videos.get(s)));
    }
  }

  private static OperatorSubtaskState run(
      int parallelism,
      OperatorSubtaskState from,
      List<String> streams,
      List<List<Made>> videos,
      int first,
      int end,
      List<Mask> written)
      throws Exception {
    List<KeyedOneInputStreamOperatorTestHarness<String, Outcome, ProducedRecord>> subtasks =
        new ArrayList<>();
    for (int i = 0; i < parallelism; i++) {
      var harness = harness(3, parallelism, i);
      harness.setup();
      if (from != null) {
        int subtasksBefore = Math.max(1, from.getManagedKeyedState().size());
        harness.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                from, MAX_PARALLELISM, subtasksBefore, parallelism, i));
      }
      harness.open();
      subtasks.add(harness);
    }
    for (int place = first; place < end; place++) {
      for (int s = 0; s < streams.size(); s++) {
        String stream = streams.get(s);
        subtasks
            .get(
                KeyGroupRangeAssignment.assignKeyToParallelOperator(
                    stream, MAX_PARALLELISM, parallelism))
            .processElement(outcome(stream, place, videos.get(s).get(place)), 0);
      }
    }
    OperatorSubtaskState[] snapshots = new OperatorSubtaskState[parallelism];
    for (int i = 0; i < parallelism; i++) {
      snapshots[i] = subtasks.get(i).snapshot(1, 1);
      written.addAll(masks(subtasks.get(i).extractOutputValues()));
      subtasks.get(i).close();
    }
    return AbstractStreamOperatorTestHarness.repackageState(snapshots);
  }

  private static boolean breaks(Made before, Made now) {
    return now.epoch() != before.epoch()
        || now.sequence() != before.sequence() + 1
        || now.version() != before.version()
        || now.width() != before.width();
  }

  /** Pixels that mostly stay, with gaps, restarts, other versions and other sizes now and then. */
  private static List<Made> video(Random random, int length) {
    List<Made> made = new ArrayList<>();
    byte[] classes = new byte[WIDTH * HEIGHT];
    long epoch = 1;
    long sequence = 0;
    long version = 1;
    int width = WIDTH;
    for (int i = 0; i < length; i++) {
      for (int pixel = 0; pixel < classes.length; pixel++) {
        classes[pixel] = random.nextInt(3) == 0 ? (byte) random.nextInt(3) : classes[pixel];
      }
      switch (random.nextInt(30)) {
        case 0 -> sequence += 2;
        case 1 -> epoch++;
        case 2 -> version++;
        case 3 -> width = width == WIDTH ? HEIGHT : WIDTH;
        default -> sequence++;
      }
      made.add(new Made(epoch, sequence, version, width, Arrays.copyOf(classes, classes.length)));
    }
    return made;
  }

  @Test
  void anAbsurdNumberOfFramesIsRefused() {
    assertThatThrownBy(() -> new StreamRule("*", "road", "s1", 0, List.of(), 1))
        .hasMessageContaining("2 to 60");
  }
}
