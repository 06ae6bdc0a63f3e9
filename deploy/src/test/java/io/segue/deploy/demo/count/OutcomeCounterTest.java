package io.segue.deploy.demo.count;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.schemas.avro.CutOver;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.MaskEncoding;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.Skip;
import io.segue.schemas.avro.TaxonomyRef;
import io.segue.schemas.avro.VersionStatus;
import io.segue.schemas.avro.VersionStatusChange;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutcomeCounterTest {
  private static final String FRAMES = "segue.frames";

  private final OutcomeCounter counter = new OutcomeCounter();
  private int offset;

  @Test
  void findsEachFrameThatHasNoOutcome() {
    frames("a", 0, 1, 2);
    counter.mask(mask("a", 0, 0));
    counter.mask(mask("a", 2, 2));

    assertThat(counter.counts().lostFrames()).isEqualTo(1);
    assertIdentityHolds();
  }

  @Test
  void doesNotMindTheOrderInWhichTheTopicsAreRead() {
    counter.mask(mask("a", 0, 0));
    frames("a", 0);

    assertThat(counter.counts().lostFrames()).isZero();
    assertIdentityHolds();
  }

  @Test
  void countsSecondOutcomesAsDuplicates() {
    frames("a", 0);
    counter.mask(mask("a", 0, 0));
    counter.mask(mask("a", 0, 1));
    counter.skip(skip("a", 0));

    assertThat(counter.counts().duplicateFrames()).isEqualTo(2);
    assertThat(counter.counts().masksOut()).isEqualTo(1);
    assertThat(counter.counts().skipped()).isZero();
    assertIdentityHolds();
  }

  @Test
  void countsRepeatedIdentitiesAsDropped() {
    frames("a", 0, 0, 0);
    counter.mask(mask("a", 0, 0));

    assertThat(counter.counts().framesIn()).isEqualTo(3);
    assertThat(counter.counts().droppedRepeats()).isEqualTo(2);
    assertIdentityHolds();
  }

  @Test
  void seesMasksThatOvertakeWithinAStreamButNotAcross() {
    frames("a", 0, 1, 2);
    frames("b", 0);
    counter.mask(mask("a", 1, 1));
    counter.mask(mask("b", 0, 0));
    counter.mask(mask("a", 0, 0));
    counter.mask(mask("a", 2, 2));

    assertThat(counter.counts().outOfOrderFrames()).isEqualTo(1);
  }

  @Test
  void letsALateFrameStandWhereItWasServed() {
    frames("a", 0, 2, 1);
    counter.mask(mask("a", 0, 0));
    counter.mask(mask("a", 2, 1));
    counter.mask(Mask.newBuilder(mask("a", 1, 2)).setLate(true).build());

    assertThat(counter.counts().outOfOrderFrames()).isZero();
  }

  @Test
  void takesDeadLettersOfReadableAndUnreadableFramesAsOutcomes() {
    frames("a", 0);
    counter.frame(FRAMES + "-0-7", Optional.empty());
    counter.deadLetter(letter(FRAMES, FRAMES + "-0-0", Optional.of(id("a", 0))), FRAMES);
    counter.deadLetter(letter(FRAMES, FRAMES + "-0-7", Optional.empty()), FRAMES);
    counter.deadLetter(letter("segue.labels", "segue.labels-0-1", Optional.empty()), FRAMES);

    assertThat(counter.counts().deadLetters()).isEqualTo(2);
    assertThat(counter.counts().lostFrames()).isZero();
    assertIdentityHolds();
  }

  @Test
  void countsASwapOfAllStreamsOnce() {
    counter.event(event(1, new CutOver(id("a", 0), 0L, null, 1L)));
    counter.event(event(2, new CutOver(id("a", 9), 9L, 1L, 2L)));
    counter.event(event(2, new CutOver(id("b", 7), 7L, 1L, 2L)));
    counter.event(event(2, new VersionStatusChange(VersionStatus.LIVE, null)));
    counter.event(event(0, new VersionStatusChange(VersionStatus.REJECTED, "c-3")));

    assertThat(counter.counts().swaps()).isEqualTo(1);
    assertThat(counter.counts().liveVersion()).isEqualTo(2);
    assertThat(counter.counts().rejectedVersions()).isEqualTo(1);
  }

  private void assertIdentityHolds() {
    Counts counts = counter.counts();
    assertThat(
            counts.masksOut()
                + counts.deadLetters()
                + counts.skipped()
                + counts.droppedRepeats()
                + counts.lostFrames())
        .isEqualTo(counts.framesIn());
  }

  private void frames(String stream, long... sequences) {
    for (long sequence : sequences) {
      counter.frame(FRAMES + "-0-" + offset++, Optional.of(id(stream, sequence)));
    }
  }

  private static FrameId id(String stream, long sequence) {
    return new FrameId(stream, 1_000L, sequence);
  }

  private static Mask mask(String stream, long sequence, long ordinal) {
    return Mask.newBuilder()
        .setId(id(stream, sequence))
        .setCaptureTime(Instant.EPOCH)
        .setModel("road")
        .setVersion(1)
        .setPlan("s1")
        .setTaxonomy(new TaxonomyRef("street-7", 1))
        .setWidth(1)
        .setHeight(1)
        .setEncoding(MaskEncoding.PNG_INDEXED)
        .setOrdinal(ordinal)
        .build();
  }

  private static Skip skip(String stream, long sequence) {
    return Skip.newBuilder()
        .setId(id(stream, sequence))
        .setCaptureTime(Instant.EPOCH)
        .setOrdinal(0)
        .setPolicy("max-age")
        .setAgeMillis(2)
        .setLimitMillis(1)
        .build();
  }

  private static DeadLetter letter(String topic, String letterId, Optional<FrameId> id) {
    return DeadLetter.newBuilder()
        .setLetterId(letterId)
        .setId(id.orElse(null))
        .setTopic(topic)
        .setPartition(0)
        .setOffset(0)
        .setStage("admit")
        .setCause(DeadLetterCause.NOT_AN_IMAGE)
        .setMessage("not an image")
        .setFailedAt(Instant.EPOCH)
        .build();
  }

  private static ModelEvent event(long version, Object what) {
    return ModelEvent.newBuilder()
        .setModel("road")
        .setVersion(version)
        .setTime(Instant.EPOCH)
        .setReason("test")
        .setEvent(what)
        .build();
  }
}
