package io.segue.operators.evaluate;

import static io.segue.operators.record.Samples.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.image.MaskCodec;
import io.segue.operators.admit.FrameLimits;
import io.segue.operators.join.LabelRules;
import io.segue.operators.record.Samples;
import io.segue.operators.replay.HoldoutSplit;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.TaxonomyRef;
import io.segue.schemas.flow.LabelledFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScoreServedMasksTest {
  private static final int PIXELS = Samples.WIDTH * Samples.HEIGHT;

  private KeyedOneInputStreamOperatorTestHarness<String, LabelledFrame, Metric> scores;

  @BeforeEach
  void open() throws Exception {
    ScoreServedMasks function =
        new ScoreServedMasks(
            LabelRules.of(Samples.TAXONOMY),
            HoldoutSplit.DEFAULT,
            ref -> {
              throw new IOException("no payload store in this test");
            },
            FrameLimits.DEFAULT,
            2,
            Duration.ofHours(1));
    scores =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(function),
            frame -> frame.getId().getStreamId(),
            Types.STRING);
    scores.open();
  }

  @AfterEach
  void close() throws Exception {
    scores.close();
  }

  private static LabelledFrame labelled(long sequence, long version, int truth, int served) {
    byte[] indices = new byte[PIXELS];
    Arrays.fill(indices, (byte) truth);
    byte[] grey = MaskCodec.encodeGrey(ByteBuffer.wrap(indices), Samples.WIDTH, Samples.HEIGHT);
    return LabelledFrame.newBuilder()
        .setId(id("cam", sequence))
        .setCaptureTime(0)
        .setTimestamp(0)
        .setWidth(Samples.WIDTH)
        .setHeight(Samples.HEIGHT)
        .setImage(ByteBuffer.allocate(0))
        .setLabel(ByteBuffer.wrap(grey))
        .setTaxonomy(new TaxonomyRef("street-3", 1))
        .setRevision(0)
        .setAnnotator("ann")
        .setPart("holdout")
        .setMask((Mask) Samples.mask(id("cam", sequence), version, served).getItem())
        .build();
  }

  private List<Metric> metrics(String name) {
    return scores.extractOutputValues().stream().filter(m -> m.getName().equals(name)).toList();
  }

  @Test
  void scoresEachMaskUnderTheVersionThatServedIt() throws Exception {
    scores.processElement(labelled(1, 3, 0, 0), 0);
    scores.processElement(labelled(2, 4, 0, 1), 0);

    List<Metric> frames = metrics(ScoreServedMasks.FRAME);
    assertThat(frames).extracting(Metric::getVersion).containsExactly(3L, 4L);
    assertThat(frames).extracting(Metric::getValue).containsExactly(1.0, 0.0);
    assertThat(frames.get(1).getCounts())
        .containsExactly(0L, (long) PIXELS, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
    assertThat(frames.get(0).getAttributes())
        .containsEntry("part", "holdout")
        .containsEntry("plan", "s1");
  }

  @Test
  void theRunningScoreIsThatOfTheNewestFramesOfTheVersion() throws Exception {
    scores.processElement(labelled(1, 3, 0, 1), 0);
    scores.processElement(labelled(2, 3, 0, 0), 0);
    scores.processElement(labelled(3, 4, 2, 0), 0);
    scores.processElement(labelled(4, 3, 0, 0), 0);

    List<Metric> running = metrics(ScoreServedMasks.RUNNING);
    // A frame wrong, then one of two (IoU 1/2 for the road, 0 for the car), then out of the window.
    assertThat(running).extracting(Metric::getValue).containsExactly(0.0, 0.25, 0.0, 1.0);
    assertThat(running.get(3).getAttributes()).containsEntry("frames", "2");
  }

  @Test
  void aMaskInAnotherTaxonomyIsNotScored() throws Exception {
    LabelledFrame frame = labelled(1, 3, 0, 0);
    frame.setTaxonomy(new TaxonomyRef("street-3", 2));
    scores.processElement(frame, 0);

    assertThat(scores.extractOutputValues()).isEmpty();
  }
}
