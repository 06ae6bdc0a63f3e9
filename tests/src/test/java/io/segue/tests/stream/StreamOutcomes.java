package io.segue.tests.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.kafka.SegueTopics;
import io.segue.schemas.avro.CutOver;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.ModelEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.IsolationLevel;

/** The outcomes of a run as a consumer of the topics sees them. */
public record StreamOutcomes(
    List<Mask> masks, List<DeadLetter> deadLetters, List<ModelEvent> events) {

  /** Reads what is visible under {@code isolation}. */
  public static StreamOutcomes read(
      TopicReader reader, SegueTopics topics, IsolationLevel isolation) {
    return new StreamOutcomes(
        reader.values(topics.masks(), isolation, Mask.class),
        reader.values(topics.deadLetters(), isolation, DeadLetter.class),
        reader.values(topics.modelEvents(), isolation, ModelEvent.class));
  }

  /** Fails unless each of {@code frames} has exactly one outcome and no other frame has any. */
  public StreamOutcomes assertEachExactlyOnce(List<FrameId> frames) {
    List<FrameId> served = new ArrayList<>();
    masks.forEach(mask -> served.add(mask.getId()));
    deadLetters.forEach(letter -> served.add(letter.getId()));
    assertThat(served).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(frames);
    return this;
  }

  /**
   * Fails unless the masks of each stream stand in the order of their ordinals, without a gap save
   * where a dead letter took the ordinal, and in the order of the frames.
   */
  public StreamOutcomes assertInOrder() {
    Map<String, Set<Long>> lettersByStream = new HashMap<>();
    for (DeadLetter letter : deadLetters) {
      if (letter.getOrdinal() != null) {
        lettersByStream
            .computeIfAbsent(letter.getId().getStreamId(), s -> new HashSet<>())
            .add(letter.getOrdinal());
      }
    }
    Map<String, Mask> last = new HashMap<>();
    for (Mask mask : masks) {
      String stream = mask.getId().getStreamId();
      Mask before = last.put(stream, mask);
      long expected = before == null ? 0 : before.getOrdinal() + 1;
      while (lettersByStream.getOrDefault(stream, Set.of()).contains(expected)) {
        expected++;
      }
      assertThat(mask.getOrdinal()).as("ordinal of %s", mask.getId()).isEqualTo(expected);
      if (before != null
          && before.getId().getEpoch() == mask.getId().getEpoch()
          && !mask.getLate()) {
        assertThat(mask.getId().getSequence())
            .as("sequence after %s", before.getId())
            .isGreaterThan(before.getId().getSequence());
      }
    }
    return this;
  }

  /** Fails unless each change of version stands where a recorded cut-over says it does. */
  public StreamOutcomes assertCutOversAgree() {
    Map<FrameId, CutOver> cutOvers = new HashMap<>();
    for (ModelEvent event : events) {
      if (event.getEvent() instanceof CutOver cutOver) {
        assertThat(cutOvers.put(cutOver.getId(), cutOver)).as("second cut-over").isNull();
      }
    }
    Map<String, Long> versions = new HashMap<>();
    for (Mask mask : masks) {
      Long before = versions.put(mask.getId().getStreamId(), mask.getVersion());
      if (before == null || before != mask.getVersion()) {
        CutOver cutOver = cutOvers.remove(mask.getId());
        assertThat(cutOver).as("cut-over at %s", mask.getId()).isNotNull();
        assertThat(cutOver.getFromVersion()).isEqualTo(before);
        assertThat(cutOver.getToVersion()).isEqualTo(mask.getVersion());
      }
    }
    assertThat(cutOvers).as("cut-overs without a mask").isEmpty();
    return this;
  }

  /** Fails if a stream goes back to a version of a lower number. */
  public StreamOutcomes assertVersionsOnlyRise() {
    Map<String, Long> versions = new HashMap<>();
    for (Mask mask : masks) {
      Long before = versions.put(mask.getId().getStreamId(), mask.getVersion());
      assertThat(mask.getVersion())
          .as("version at %s", mask.getId())
          .isGreaterThanOrEqualTo(before == null ? 0 : before);
    }
    return this;
  }
}
