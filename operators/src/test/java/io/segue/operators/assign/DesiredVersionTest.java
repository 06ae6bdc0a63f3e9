package io.segue.operators.assign;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.operators.segment.Readiness;
import io.segue.schemas.avro.Activation;
import io.segue.schemas.avro.Canary;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.Pin;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DesiredVersionTest {
  private static ModelState.Builder live(long version) {
    return ModelState.newBuilder()
        .setModel("road")
        .setRevision(1)
        .setLive(version)
        .setUpdatedAt(Instant.EPOCH)
        .setReason("test");
  }

  private static Activation activation(long version, long at) {
    return new Activation(version, Instant.ofEpochMilli(at));
  }

  private static long of(ModelState.Builder state, String stream, long captureTime) {
    return DesiredVersion.of(state.build(), stream, captureTime, 0).version();
  }

  @Test
  void isTheLiveVersionWhereNothingElseSpeaks() {
    assertThat(of(live(3), "camera-1", 0)).isEqualTo(3);
  }

  @Test
  void theFirstPinThatMatchesDecidesBeforeAllElse() {
    ModelState.Builder state =
        live(3)
            .setPins(List.of(new Pin("camera-*", 2L), new Pin("*", 1L)))
            .setCanary(new Canary(4L, 1.0, "salt"))
            .setActivations(List.of(activation(5, 0)));
    assertThat(of(state, "camera-1", 10)).isEqualTo(2);
    assertThat(of(state, "drone", 10)).isEqualTo(1);
  }

  @Test
  void theLatestActivationWhoseTimeHasComeDecides() {
    ModelState.Builder state =
        live(1).setActivations(List.of(activation(3, 200), activation(2, 100)));
    assertThat(of(state, "camera", 99)).isEqualTo(1);
    assertThat(of(state, "camera", 100)).isEqualTo(2);
    assertThat(of(state, "camera", 200)).isEqualTo(3);
  }

  @Test
  void aStreamThatAnActivationMovedDoesNotGoBack() {
    ModelState state = live(1).setActivations(List.of(activation(2, 100))).build();
    assertThat(DesiredVersion.of(state, "camera", 100, 1).version()).isEqualTo(2);
    assertThat(DesiredVersion.of(state, "camera", 99, 2).version()).isEqualTo(2);
    assertThat(DesiredVersion.of(state, "camera", 99, 1).version()).isEqualTo(1);
  }

  @Test
  void anActivationThatHasBecomeLiveCutsOverWhereItDidBefore() {
    ModelState state =
        live(2)
            .setPrevious(1L)
            .setActivations(List.of(activation(1, 0), activation(2, 100)))
            .build();
    assertThat(DesiredVersion.of(state, "camera", 99, 0)).isEqualTo(new DesiredVersion(1, true));
    assertThat(DesiredVersion.of(state, "camera", 100, 1)).isEqualTo(new DesiredVersion(2, true));
    assertThat(DesiredVersion.of(state, "camera", 99, 2).version()).isEqualTo(2);
  }

  @Test
  void aBaselineServesWhatWasCapturedBeforeTheActivationOfTheLiveVersion() {
    ModelState state =
        live(2).setActivations(List.of(activation(1, 0), activation(2, 100))).build();
    assertThat(DesiredVersion.of(state, "camera", 99, 0).version()).isEqualTo(1);
    assertThat(DesiredVersion.of(state, "camera", 99, 1).version()).isEqualTo(1);
    assertThat(DesiredVersion.of(state, "camera", 100, 1).version()).isEqualTo(2);
    assertThat(DesiredVersion.of(state, "camera", 99, 2).version())
        .as("moved already")
        .isEqualTo(2);
  }

  @Property(tries = 30)
  void theCanaryTakesItsShareOfTheStreams(
      @ForAll @DoubleRange(max = 1) double share, @ForAll @LongRange(max = 1000) long salt) {
    ModelState.Builder state = live(1).setCanary(new Canary(2L, share, "salt" + salt));
    int streams = 2_000;
    long chosen = IntStream.range(0, streams).filter(i -> of(state, "camera-" + i, 0) == 2).count();
    // Five standard deviations of a binomial share.
    double tolerance = 5 * Math.sqrt(share * (1 - share) / streams) + 1e-9;
    assertThat(Math.abs((double) chosen / streams - share)).isLessThanOrEqualTo(tolerance);
  }

  @Property(tries = 200)
  void aGrowingCanaryKeepsItsStreams(
      @ForAll @DoubleRange(max = 1) double a, @ForAll @DoubleRange(max = 1) double b) {
    ModelState.Builder small = live(1).setCanary(new Canary(2L, Math.min(a, b), "s"));
    ModelState.Builder large = live(1).setCanary(new Canary(2L, Math.max(a, b), "s"));
    assertThat(IntStream.range(0, 20).mapToObj(i -> "camera-" + i))
        .allMatch(stream -> of(small, stream, 0) == 1 || of(large, stream, 0) == 2);
  }

  private static long next(
      ModelState.Builder state, long current, long desired, Map<Long, Readiness> readiness) {
    return next(state, current, new DesiredVersion(desired, false), readiness);
  }

  private static long next(
      ModelState.Builder state,
      long current,
      DesiredVersion desired,
      Map<Long, Readiness> readiness) {
    return desired.next(state.build(), current, v -> readiness.getOrDefault(v, Readiness.EXPECTED));
  }

  @Test
  void aStreamMovesOnlyToAVersionThatIsReady() {
    assertThat(next(live(2), 1, 2, Map.of(1L, Readiness.READY))).isEqualTo(1);
    assertThat(next(live(2), 1, 2, Map.of(1L, Readiness.READY, 2L, Readiness.READY))).isEqualTo(2);
  }

  @Test
  void everyStreamWaitsForATimedActivation() {
    DesiredVersion timed = new DesiredVersion(2, true);
    assertThat(next(live(1), 1, timed, Map.of(1L, Readiness.READY))).isEqualTo(2);
  }

  @Test
  void aStreamStaysWhereATimedActivationHasFailed() {
    DesiredVersion timed = new DesiredVersion(2, true);
    assertThat(next(live(1), 1, timed, Map.of(1L, Readiness.READY, 2L, Readiness.FAILED)))
        .isEqualTo(1);
  }

  @Test
  void aRestoredStreamWaitsForTheVersionItIsOn() {
    assertThat(next(live(2).setPrevious(1L), 1, 2, Map.of())).isEqualTo(1);
  }

  @Test
  void theOldVersionServesOnWhereTheNewOneHasFailed() {
    assertThat(next(live(2), 1, 2, Map.of(1L, Readiness.READY, 2L, Readiness.FAILED))).isEqualTo(1);
  }

  @Test
  void theFirstFrameTakesTheDesiredVersionAndWaitsForIt() {
    assertThat(next(live(2), 0, 2, Map.of())).isEqualTo(2);
  }

  @Test
  void aFirstFrameFallsBackToThePreviousVersionWhereTheDesiredOneHasFailed() {
    ModelState.Builder state = live(2).setPrevious(1L);
    assertThat(next(state, 0, 2, Map.of(1L, Readiness.READY, 2L, Readiness.FAILED))).isEqualTo(1);
  }

  @Test
  void aStreamWhoseVersionHasFailedMovesOn() {
    assertThat(next(live(2), 1, 2, Map.of(1L, Readiness.FAILED))).isEqualTo(2);
  }

  @Test
  void aStreamWhoseVersionIsKeptNoLongerHasItNotLoadedAgain() {
    ModelState.Builder state = live(3).setPrevious(2L);
    assertThat(next(state, 1, 3, Map.of(2L, Readiness.READY))).isEqualTo(2);
    assertThat(next(state, 1, 3, Map.of())).isEqualTo(3);
    assertThat(next(state, 1, 3, Map.of(1L, Readiness.READY))).isEqualTo(1);
  }

  @Test
  void aNewStreamDoesNotWaitForTheLiveVersionWhileThePreviousOneIsReady() {
    ModelState.Builder state = live(3).setPrevious(2L);
    assertThat(next(state, 0, 3, Map.of(2L, Readiness.READY))).isEqualTo(2);
  }

  @Test
  void aNewStreamWaitsForTheVersionItIsPinnedTo() {
    ModelState.Builder state = live(3).setPins(List.of(new Pin("camera", 1L)));
    assertThat(next(state, 0, 1, Map.of(3L, Readiness.READY))).isEqualTo(1);
  }
}
