package io.segue.operators.join;

import static io.segue.operators.record.Samples.frame;
import static io.segue.operators.record.Samples.id;
import static io.segue.operators.record.Samples.label;
import static io.segue.operators.record.Samples.mask;
import static io.segue.operators.record.Samples.png;
import static io.segue.operators.record.Samples.received;
import static org.assertj.core.api.Assertions.assertThat;

import io.segue.operators.admit.FrameLimits;
import io.segue.operators.record.Samples;
import io.segue.operators.record.SideOutputs;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.TaxonomyRef;
import io.segue.schemas.flow.JoinInput;
import io.segue.schemas.flow.LabelledFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LabelJoinTest {
  private static final JoinOptions OPTIONS =
      new JoinOptions(3, 1 << 20, Duration.ofMinutes(10), Duration.ofSeconds(30), 2);

  private final FrameId one = id("cam", 1);
  private final FrameId two = id("cam", 2);
  private final FrameId three = id("cam", 3);
  private KeyedOneInputStreamOperatorTestHarness<String, JoinInput, LabelledFrame> join;

  @BeforeEach
  void open() throws Exception {
    join = harness();
    join.open();
    join.setProcessingTime(1000);
  }

  @AfterEach
  void close() throws Exception {
    join.close();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, JoinInput, LabelledFrame> harness()
      throws Exception {
    return harness(FrameLimits.DEFAULT);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, JoinInput, LabelledFrame> harness(
      FrameLimits limits) throws Exception {
    LabelJoin function =
        new LabelJoin(
            OPTIONS,
            LabelRules.of(Samples.TAXONOMY),
            ref -> {
              throw new IOException("no payload store in this test");
            },
            limits);
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(function), input -> input.getId().getStreamId(), Types.STRING);
  }

  private void come(JoinInput... inputs) throws Exception {
    for (JoinInput input : inputs) {
      join.processElement(input, 0);
    }
  }

  private List<LabelledFrame> labelled() {
    return join.extractOutputValues();
  }

  private List<Long> labelledSequences() {
    return labelled().stream().map(frame -> frame.getId().getSequence()).toList();
  }

  private List<DeadLetter> letters() {
    var letters = join.getSideOutput(SideOutputs.DEAD_LETTERS);
    return letters == null ? List.of() : letters.stream().map(r -> r.getValue()).toList();
  }

  private DeadLetter onlyLetter() {
    assertThat(labelled()).isEmpty();
    assertThat(letters()).hasSize(1);
    return letters().get(0);
  }

  @Test
  void joinsFrameMaskAndLabelInWhateverOrderTheyCome() throws Exception {
    come(frame(one), mask(one, 4, 0), received(label(one, 0)));
    come(received(label(two, 0)), mask(two, 4, 0), frame(two));
    come(mask(three, 4, 0), received(label(three, 0)), frame(three));

    assertThat(labelledSequences()).containsExactly(1L, 2L, 3L);
    assertThat(labelled()).allMatch(frame -> frame.getMask().getVersion() == 4);
    assertThat(letters()).isEmpty();
  }

  @Test
  void takesALabelThatComesTwiceOnce() throws Exception {
    come(frame(one), received(label(one, 0)), received(label(one, 0)), mask(one, 4, 0));
    come(received(label(one, 0)));

    assertThat(labelled()).hasSize(1);
    assertThat(letters()).isEmpty();
  }

  @Test
  void aHigherRevisionGoesOnAndALowerOneIsDropped() throws Exception {
    come(frame(one), mask(one, 4, 0), received(label(one, 0).setRevision(1)));
    come(received(label(one, 1).setRevision(2)), received(label(one, 0).setRevision(1)));

    assertThat(labelled()).extracting(LabelledFrame::getRevision).containsExactly(1, 2);
  }

  @Test
  void aLabelForAnUnknownFrameIsADeadLetterAfterTheWait() throws Exception {
    come(frame(one), received(label(id("cam", 9), 0)));
    join.setProcessingTime(30_999);
    assertThat(letters()).isEmpty();
    join.setProcessingTime(31_000);

    assertThat(onlyLetter())
        .returns(DeadLetterCause.UNKNOWN_FRAME, DeadLetter::getCause)
        .returns("labels", DeadLetter::getTopic)
        .returns(7L, DeadLetter::getOffset)
        .returns(id("cam", 9), DeadLetter::getId);
  }

  @Test
  void aLabelWhoseMaskDoesNotComeGoesOnWithoutIt() throws Exception {
    come(frame(one), received(label(one, 0)));
    join.setProcessingTime(31_000);

    assertThat(labelled()).hasSize(1).allMatch(frame -> frame.getMask() == null);
  }

  @Test
  void theOldestFrameGoesFirstAndSendsItsWaitingLabelOn() throws Exception {
    come(frame(one), received(label(one, 0)), frame(two), frame(three), frame(id("cam", 4)));
    assertThat(labelledSequences()).containsExactly(1L);

    come(mask(two, 4, 0), received(label(two, 0)));
    assertThat(labelledSequences()).containsExactly(1L, 2L);
  }

  @Test
  void labelsBeyondTheLimitDoNotWait() throws Exception {
    come(received(label(id("cam", 7), 0)), received(label(id("cam", 8), 0)));
    come(received(label(id("cam", 9), 0)));

    assertThat(onlyLetter().getMessage()).contains("2 labels of the stream wait already");
  }

  @Test
  void refusesALabelOfAnotherSizeThanItsFrame() throws Exception {
    ByteBuffer wide = ByteBuffer.wrap(png(10, Samples.HEIGHT, 0));
    come(frame(one), mask(one, 4, 0));
    come(received(label(one, 0).setWidth(10).setPayload(wide)));

    DeadLetter letter = onlyLetter();
    assertThat(letter.getCause()).isEqualTo(DeadLetterCause.LABEL_SIZE_MISMATCH);
    assertThat(letter.getMessage()).contains("10×6 pixels, the frame 8×6");
  }

  @Test
  void refusesAClassThatTheTaxonomyLacks() throws Exception {
    come(frame(one), received(label(one, 3)));

    DeadLetter letter = onlyLetter();
    assertThat(letter.getCause()).isEqualTo(DeadLetterCause.LABEL_OUTSIDE_TAXONOMY);
    assertThat(letter.getMessage()).contains("class 3 at x 0, y 0");
  }

  @Test
  void refusesALabelInAnotherTaxonomy() throws Exception {
    Label.Builder other = label(one, 0).setTaxonomy(new TaxonomyRef("street-3", 2));
    come(received(other));

    assertThat(onlyLetter().getCause()).isEqualTo(DeadLetterCause.TAXONOMY_MISMATCH);
  }

  @Test
  void refusesALabelThatIsNoPicture() throws Exception {
    come(received(label(one, 0).setPayload(ByteBuffer.wrap(new byte[] {1, 2, 3}))));

    assertThat(onlyLetter().getCause()).isEqualTo(DeadLetterCause.LABEL_UNREADABLE);
  }

  @Test
  void takesLabelsOfFramesThatRaisedLimitsLetIn() throws Exception {
    int side = FrameLimits.DEFAULT.maxSide() + 8;
    Label.Builder wide =
        label(one, 0).setWidth(side).setHeight(1).setPayload(ByteBuffer.wrap(png(side, 1, 0)));
    come(received(wide));
    assertThat(onlyLetter().getMessage()).contains("8200×1 pixels", "limit is 8192");

    join.close();
    join = harness(new FrameLimits(1 << 20, side, side));
    join.open();
    come(received(wide), frame(one, side, 1));
    assertThat(letters()).isEmpty();
    join.setProcessingTime(31_000);
    assertThat(labelled()).hasSize(1);
  }

  @Test
  void unlabelledPixelsAreNoClass() throws Exception {
    come(frame(one), mask(one, 4, 0), received(label(one, 255)));

    assertThat(labelled()).hasSize(1);
  }

  @Test
  void aSilentStreamIsForgotten() throws Exception {
    come(frame(one), mask(one, 4, 0), received(label(one, 0)));
    join.setProcessingTime(Duration.ofMinutes(20).toMillis());

    assertThat(join.numKeyedStateEntries()).isZero();
    assertThat(join.numProcessingTimeTimers()).isZero();
  }

  @Test
  void theTimeThatTheJobWasDownIsNoWaiting() throws Exception {
    come(received(label(one, 0)));
    OperatorSubtaskState snapshot = join.snapshot(1, 0);
    try (var restored = harness()) {
      restored.initializeState(snapshot);
      restored.open();
      restored.setProcessingTime(100_000);
      restored.processElement(frame(one), 0);
      restored.processElement(mask(one, 4, 0), 0);
      restored.processElement(received(label(two, 0)), 0);
      assertThat(restored.extractOutputValues()).hasSize(1);
      assertThat(restored.getSideOutput(SideOutputs.DEAD_LETTERS)).isNull();

      restored.setProcessingTime(130_000);
      assertThat(restored.getSideOutput(SideOutputs.DEAD_LETTERS)).hasSize(1);
    }
  }

  @Test
  void whatWaitsSurvivesARestore() throws Exception {
    come(frame(one), received(label(one, 0)));
    OperatorSubtaskState snapshot = join.snapshot(1, 0);
    try (var restored = harness()) {
      restored.initializeState(snapshot);
      restored.open();
      restored.setProcessingTime(2000);
      restored.processElement(mask(one, 4, 0), 0);

      assertThat(restored.extractOutputValues()).hasSize(1);
    }
  }
}
