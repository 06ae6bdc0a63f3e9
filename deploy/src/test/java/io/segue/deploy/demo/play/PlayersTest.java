package io.segue.deploy.demo.play;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.demo.footage.Footage;
import io.segue.deploy.demo.footage.SyntheticStreets;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Label;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlayersTest {
  private static final long START = 1_000_000;

  private final Footage footage =
      new SyntheticStreets(new SyntheticStreets.Settings(7, 2, 32, 32, 5, 99, 1, 2));
  private final List<Frame> frames = new ArrayList<>();
  private final List<Label> labels = new ArrayList<>();
  private final TreeMap<Long, String> told = new TreeMap<>();
  private final LabelPlayer labelPlayer =
      new LabelPlayer(
          footage.taxonomy(),
          "labels",
          (topic, key, value) -> labels.add(AvroCodec.decode(value, Label.class)),
          (content, at) -> told.put(at, content),
          2_000,
          3_000,
          7);
  private final FramePlayer framePlayer =
      new FramePlayer(
          footage,
          "frames",
          (topic, key, value) -> {
            Frame frame = AvroCodec.decode(value, Frame.class);
            assertThat(key).isEqualTo(frame.getId().getStreamId());
            frames.add(frame);
          },
          labelPlayer::taken,
          5,
          START);

  @Test
  void playsAllCamerasAtTheRate() {
    framePlayer.advance(START + 1_999);

    assertThat(frames).hasSize(20);
    assertThat(frames).filteredOn(f -> f.getId().getStreamId().equals("street-2")).hasSize(10);
  }

  @Test
  void catchesUpWithoutLeavingAFrameOut() {
    framePlayer.advance(START);
    framePlayer.advance(START + 3_000);

    assertThat(frames)
        .filteredOn(f -> f.getId().getStreamId().equals("street-1"))
        .extracting(f -> f.getId().getSequence())
        .isSorted()
        .startsWith(0L, 1L, 2L)
        .doesNotHaveDuplicates();
  }

  @Test
  void tellsWhenTheNextFrameIsDue() {
    assertThat(framePlayer.advance(START)).isEqualTo(START + 100);
  }

  @Test
  void labelsLateInAnotherOrderSomeTwiceSomeForUnknownFrames() {
    framePlayer.advance(START + 60_000);
    labelPlayer.advance(START + 61_999);
    assertThat(labels).isEmpty();

    labelPlayer.advance(START + 70_000);
    Set<FrameId> known = new HashSet<>(frames.stream().map(Frame::getId).toList());
    List<FrameId> labelled = labels.stream().map(Label::getId).toList();
    assertThat(labelled).anyMatch(id -> !known.contains(id));
    assertThat(new HashSet<>(labelled)).hasSizeLessThan(labelled.size());
    assertThat(labelled.stream().map(FrameId::getSequence).toList())
        .isNotEqualTo(
            labelled.stream().map(FrameId::getSequence).sorted(Comparator.naturalOrder()).toList());
    assertThat(told).isNotEmpty();
  }
}
