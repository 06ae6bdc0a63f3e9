package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.segue.schemas.avro.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShadowTest {
  private final EngineFixture fixture = new EngineFixture();

  @BeforeEach
  void serveWithAShadow() {
    fixture.announce(1, null, 2L);
    fixture.held.settle();
    fixture.models.values().forEach(model -> model.calls.clear());
  }

  private void serve(int frames) {
    for (int i = 0; i < frames; i++) {
      var result = fixture.submit(1, RawCodec.image(2, 2, 10));
      fixture.held.advance(20);
      fixture.held.settle();
      assertThat(result.join())
          .isInstanceOfSatisfying(
              FrameResult.Segmented.class, it -> assertThat(it.version()).isEqualTo(1));
    }
  }

  @Test
  void infersFramesAfterTheyWereServedAndServesNone() {
    serve(2);

    assertThat(fixture.models.get(1L).calls).hasSize(2);
    assertThat(fixture.models.get(2L).calls).hasSize(2);
    assertThat(fixture.changes).contains("2 SHADOWING").doesNotContain("2 SERVING");
    assertThat(fixture.models.get(2L).open).isZero();
  }

  @Test
  void reportsHowTheTwoAgree() {
    serve(50);

    List<Metric> reports = fixture.shadows.drain("road");
    Map<String, Double> values =
        reports.stream().collect(Collectors.toMap(Metric::getName, Metric::getValue));
    assertThat(values.get(ShadowReports.AGREEMENT)).isEqualTo(1, within(1e-9));
    assertThat(values.get(ShadowReports.FLICKER)).isZero();
    assertThat(reports)
        .allSatisfy(
            it -> {
              assertThat(it.getVersion()).isEqualTo(2);
              assertThat(it.getAttributes()).containsEntry("servedVersion", "1");
            });
    assertThat(fixture.shadows.drain("road")).isEmpty();
  }

  @Test
  void countsDisagreementOnClassBoundaries() {
    ShadowReports reports = new ShadowReports(fixture.held);
    LoadedVersion served = new LoadedVersion(1, new ScriptedModel(), () -> {});
    LoadedVersion shadow = new LoadedVersion(2, new ScriptedModel(), () -> {});
    // The boundary runs right of the second pixel of each row: one of its two pixels differs.
    for (int i = 0; i < 50; i++) {
      reports.add(
          served,
          shadow,
          "camera",
          3,
          4,
          new byte[] {0, 0, 1, 1, 0, 0, 1, 1},
          new byte[] {0, 1, 1, 1, 0, 0, 1, 1});
    }

    Map<String, Double> values =
        reports.drain("road").stream().collect(Collectors.toMap(Metric::getName, Metric::getValue));
    assertThat(values.get(ShadowReports.BOUNDARY)).isEqualTo(0.5, within(1e-9));
    // Class 0 is 3 of 4 pixels together, class 1 is 4 of 5.
    assertThat(values.get(ShadowReports.AGREEMENT)).isEqualTo((0.75 + 0.8) / 2, within(1e-9));
  }

  @Test
  void measuresHowMuchMoreTheShadowFlickers() {
    ShadowReports reports = new ShadowReports(fixture.held);
    LoadedVersion served = new LoadedVersion(1, new ScriptedModel(), () -> {});
    LoadedVersion shadow = new LoadedVersion(2, new ScriptedModel(), () -> {});
    // Of four pixels the served mask changes one each time, the shadow's three.
    for (int i = 0; i < 50; i++) {
      byte now = (byte) (i % 2);
      byte[] one = {now, 0, 0, 0};
      byte[] three = {now, now, now, 0};
      reports.add(served, shadow, "camera", 2, 2, one, three);
    }
    assertThat(reports.drain("road"))
        .filteredOn(report -> report.getName().equals(ShadowReports.FLICKER))
        .singleElement()
        .satisfies(report -> assertThat(report.getValue()).isEqualTo(0.5, within(1e-9)));
  }

  @Test
  void reportsFewFramesOnceTheyHaveWaitedLongEnough() {
    serve(3);
    fixture.held.advance(9_000);
    assertThat(fixture.shadows.drain("road")).isEmpty();
    fixture.held.advance(1_000);
    assertThat(fixture.shadows.drain("road"))
        .isNotEmpty()
        .allSatisfy(report -> assertThat(report.getAttributes()).containsEntry("frames", "3"));
    assertThat(fixture.shadows.drain("road")).isEmpty();
  }

  @Test
  void aShadowThatFailsIsLeftAloneAndTheFrameIsServed() {
    fixture.models.get(2L).failsOn = red -> true;

    serve(2);

    assertThat(fixture.changes).contains("2 FAILED");
    assertThat(fixture.models.get(2L).calls).hasSize(1);
  }

  @Test
  void aShadowThatHangsIsLeftAloneAndTheEngineGoesOn() {
    fixture.models.get(2L).onCall = () -> fixture.held.advance(5_000);

    serve(2);

    assertThat(fixture.changes).contains("2 FAILED");
    assertThat(fixture.models.get(2L).calls).hasSize(1);
    assertThat(fixture.engine.hasFailed()).isFalse();
  }

  @Test
  void aBatchThatIsInferredOneByOneLendsOneFrameAndKeepsNoHoldOnTheShadow() {
    fixture.models.get(1L).failsOn = red -> red == 20;
    for (int red : List.of(10, 20, 30)) {
      var unused = fixture.submit(1, RawCodec.image(2, 2, red));
    }
    fixture.held.settle();

    assertThat(fixture.models.get(1L).calls).as("a batch, then each frame").hasSize(4);
    assertThat(fixture.models.get(2L).calls).hasSize(1);
    fixture.announce(1, null);
    fixture.held.settle();
    assertThat(fixture.changes).contains("2 RELEASED");
  }

  @Test
  void aFrameNeedNotWaitForTheShadow() {
    HeldThreads held = fixture.held;
    List<Integer> started = new ArrayList<>();
    ScriptedModel shadow = fixture.models.get(2L);
    shadow.onCall =
        () -> {
          shadow.onCall = () -> {};
          var unused = fixture.submit(1, RawCodec.image(2, 2, 20));
          HeldThreads.runAll(held.pool);
          held.advance(20);
          started.add(held.inference.size());
        };

    serve(1);

    assertThat(started).containsExactly(1);
  }

  @Test
  void keepsMasksForFlickerWithinABoundAndNotForEver() {
    ShadowReports reports = new ShadowReports(fixture.held);
    LoadedVersion served = new LoadedVersion(1, new ScriptedModel(), () -> {});
    LoadedVersion shadow = new LoadedVersion(2, new ScriptedModel(), () -> {});
    int pixels = 1 << 20;
    for (int stream = 0; stream < 40; stream++) {
      reports.add(served, shadow, "camera-" + stream, 3, 1024, new byte[pixels], new byte[pixels]);
    }
    assertThat(reports.keptBytes()).isEqualTo(64L * pixels);

    fixture.held.advance(10_000);
    reports.drain("road");
    assertThat(reports.keptBytes()).isZero();
  }
}
