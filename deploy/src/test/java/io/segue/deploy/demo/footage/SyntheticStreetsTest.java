package io.segue.deploy.demo.footage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.connectors.image.ImageHeader;
import io.segue.connectors.image.MaskCodec;
import io.segue.deploy.demo.footage.Shot.Phase;
import io.segue.model.data.SegmentationExample;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SyntheticStreetsTest {
  private final SyntheticStreets streets =
      new SyntheticStreets(new SyntheticStreets.Settings(7, 2, 64, 48, 4, 10, 5, 2));

  @Test
  void driftsFromTheGivenSecondOn() {
    assertThat(streets.shot("street-1", 40).phase()).isEqualTo(Phase.BEFORE_DRIFT);
    assertThat(streets.shot("street-1", 41).phase()).isEqualTo(Phase.DRIFTING);
    assertThat(streets.shot("street-1", 60).phase()).isEqualTo(Phase.AFTER_DRIFT);
  }

  @Test
  void labelsAShareOfTheFrames() {
    assertThat(streets.shot("street-2", 6).labelled()).isTrue();
    assertThat(streets.shot("street-2", 7).labelled()).isFalse();
  }

  @Test
  void encodesTheImageInTheSizeOfItsTruth() {
    Shot shot = streets.shot("street-1", 3);
    ImageHeader header = ImageHeader.read(ByteBuffer.wrap(shot.image()));

    assertThat(header).isEqualTo(new ImageHeader(shot.encoding(), 64, 48));
    assertThat(MaskCodec.decode(shot.example().label()).indices()).isEqualTo(shot.truth());
  }

  @Test
  void playsNothingOfWhatItHoldsOutOrShowedBeforehand() {
    Set<String> played = new HashSet<>();
    for (int sequence = 0; sequence < 200; sequence++) {
      played.add(streets.shot("street-1", sequence).content());
    }

    assertThat(streets.holdout())
        .extracting(SegmentationExample::sourceId)
        .doesNotContainAnyElementsOf(played);
    assertThat(streets.beforehand())
        .extracting(SegmentationExample::sourceId)
        .doesNotContainAnyElementsOf(played);
  }

  @Test
  void namesItsCamerasWhereAStreamIsUnknown() {
    assertThatThrownBy(() -> streets.shot("street-9", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("street-9")
        .hasMessageContaining("street-2");
  }
}
