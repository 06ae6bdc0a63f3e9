package io.segue.deploy.demo.count;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.segue.deploy.demo.footage.Shot;
import io.segue.deploy.demo.footage.Shot.Phase;
import io.segue.deploy.demo.scene.StreetClass;
import io.segue.schemas.avro.ImageEncoding;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServedScoresTest {
  private static final byte[] RIGHT = {0, 0, 1, 1};
  private static final byte[] HALF_RIGHT = {0, 1, 1, 1};

  private final ServedScores scores = new ServedScores(StreetClass.taxonomy(), 1, 10_000);

  @Test
  void measuresTheFirstVersionBeforeTheDriftOnly() {
    scores.score(1, 0, shot(Phase.BEFORE_DRIFT), RIGHT);
    scores.score(2, 1, shot(Phase.BEFORE_DRIFT), HALF_RIGHT);
    scores.score(1, 2, shot(Phase.AFTER_DRIFT), HALF_RIGHT);

    assertThat(scores.firstMiou()).hasValue(1);
  }

  @Test
  void averagesIouOverTheClassesThatArePresent() {
    scores.score(1, 0, shot(Phase.BEFORE_DRIFT), HALF_RIGHT);

    // sky 1 of 2, building 2 of 3
    assertThat(scores.lastMiou().orElseThrow()).isCloseTo((1 / 2.0 + 2 / 3.0) / 2, within(1e-12));
  }

  @Test
  void forgetsWhatLiesBeforeTheLastWindow() {
    scores.score(1, 0, shot(Phase.BEFORE_DRIFT), HALF_RIGHT);
    scores.score(1, 10_001, shot(Phase.BEFORE_DRIFT), RIGHT);

    assertThat(scores.lastMiou()).hasValue(1);
    assertThat(scores.lastShots()).hasSize(1);
  }

  @Test
  void measuresTheDriftFromTheMomentItIsComplete() {
    scores.score(1, 0, shot(Phase.DRIFTING), RIGHT);
    scores.score(1, 1_000, shot(Phase.AFTER_DRIFT), HALF_RIGHT);
    scores.score(1, 16_000, shot(Phase.AFTER_DRIFT), RIGHT);

    assertThat(scores.driftMiou().orElseThrow()).isLessThan(0.6);
  }

  @Test
  void saysNothingOfWhatWasNotMeasured() {
    assertThat(scores.driftMiou()).isEmpty();
    assertThat(scores.versionMiou()).isEmpty();
  }

  private static Shot shot(Phase phase) {
    return new Shot(
        "x", new byte[0], ImageEncoding.JPEG, 2, 2, RIGHT, true, Optional.empty(), phase);
  }
}
