package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.serve.form.Precision;
import io.segue.schemas.avro.Canary;
import io.segue.schemas.avro.Pin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelVersionsTest {
  private final EngineFixture fixture = new EngineFixture();
  private final HeldThreads held = fixture.held;
  private final ModelVersions versions = fixture.versions;
  private final List<String> compared = new ArrayList<>();

  private void inferOne(long version) {
    var unused = fixture.submit(version, RawCodec.image(4, 4, 10));
    held.advance(10);
    held.settle();
    held.advance(10);
    held.settle();
  }

  @Test
  void loadsTheLiveVersionFirst() {
    fixture.announce(2, 1L);
    held.settle();
    assertThat(fixture.changes).containsExactly("2 LOADING", "2 WARMED", "1 LOADING", "1 WARMED");
  }

  @Test
  void servesWithTheOldVersionWhileTheNewOneLoads() {
    fixture.serve(1);
    fixture.announce(2, 1L);
    assertThat(versions.readiness(1)).isEqualTo(Readiness.READY);
    assertThat(versions.readiness(2)).isEqualTo(Readiness.EXPECTED);
    held.settle();
    assertThat(versions.readiness(2)).isEqualTo(Readiness.READY);
  }

  @Test
  void tellsWhenAVersionServesItsFirstBatch() {
    fixture.serve(1);
    inferOne(1);
    inferOne(1);
    assertThat(fixture.changes).containsExactly("1 LOADING", "1 WARMED", "1 SERVING");
  }

  @Test
  void releasesTheVersionBeforeThePreviousOne() {
    fixture.serve(1);
    fixture.announce(2, 1L);
    held.settle();
    fixture.announce(3, 2L);
    held.settle();
    assertThat(fixture.models.get(1L).closed).isTrue();
    assertThat(fixture.models.get(2L).closed).isFalse();
    assertThat(versions.inMemory()).isEqualTo(2);
  }

  @Test
  void releasesAVersionOnlyAfterItsLastFrame() {
    fixture.serve(1);
    var inFlight = fixture.submit(1, RawCodec.image(4, 4, 10));
    fixture.announce(2, null);
    HeldThreads.runAll(held.quietLoading);
    HeldThreads.runAll(held.loading);
    assertThat(versions.readiness(2)).isEqualTo(Readiness.READY);
    assertThat(fixture.models.get(1L).closed).isFalse();
    held.advance(10);
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(inFlight).isCompleted();
    assertThat(fixture.models.get(1L).closed).isTrue();
    assertThat(fixture.changes).contains("1 RELEASED");
  }

  @Test
  void keepsTheVersionThatServesUntilTheLiveOneIsReady() {
    fixture.serve(1);
    inferOne(1);
    fixture.broken.put(2L, new IOException("not there"));
    fixture.broken.put(3L, new IOException("not there"));
    fixture.announce(2, 1L);
    held.settle();
    fixture.announce(3, 2L);
    held.settle();
    assertThat(versions.readiness(1)).isEqualTo(Readiness.READY);
    assertThat(versions.readiness(3)).isEqualTo(Readiness.FAILED);
  }

  @Test
  void neverHoldsMoreThanItsMaximum() {
    fixture.serve(1);
    for (long live = 2; live < 20; live++) {
      inferOne(live - 1);
      fixture.announce(live, live - 1);
      assertThat(versions.inMemory()).isLessThanOrEqualTo(3);
      held.settle();
      assertThat(versions.inMemory()).isLessThanOrEqualTo(3);
    }
    assertThat(fixture.models.values().stream().filter(model -> !model.closed)).hasSize(2);
  }

  @Test
  void refusesAVersionWhoseLoadingFailsAndTriesItAgainWhenItIsAnnouncedAgain() {
    fixture.serve(1);
    fixture.broken.put(2L, new IOException("a changed byte"));
    fixture.announce(2, 1L);
    held.settle();
    assertThat(versions.readiness(2)).isEqualTo(Readiness.FAILED);
    fixture.broken.clear();
    fixture.announce(2, 1L);
    held.settle();
    assertThat(versions.readiness(2)).isEqualTo(Readiness.READY);
  }

  private void loadForever(long version) {
    fixture.duringLoad.put(
        version, () -> held.advance(EngineFixture.OPTIONS.loadDeadline().toMillis()));
  }

  @Test
  void refusesAVersionThatIsNotLoadedInTimeAndServesOnWithTheOneThatIsReady() {
    fixture.serve(1);
    loadForever(2);
    fixture.announce(2, 1L);
    var waiting = fixture.submit(2, RawCodec.image(4, 4, 10));
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(((FrameResult.Segmented) waiting.join()).version()).isEqualTo(1);
    assertThat(versions.readiness(2)).isEqualTo(Readiness.FAILED);
    assertThat(fixture.changes).contains("2 FAILED").doesNotContain("2 WARMED");
    assertThat(fixture.models.get(2L).closed).as("loaded after all").isTrue();
    fixture.announce(3, 1L);
    held.settle();
    assertThat(versions.readiness(3)).isEqualTo(Readiness.READY);
  }

  @Test
  void framesFailWhereNothingElseIsReadyWhenALoadIsGivenUp() {
    loadForever(2);
    fixture.announce(2, 1L);
    var waiting = fixture.submit(2, RawCodec.image(4, 4, 10));
    held.settle();
    assertThatThrownBy(waiting::join)
        .hasCauseInstanceOf(ModelUnavailableException.class)
        .hasMessageContaining("segment.serving.load_deadline");
    assertThat(versions.readiness(1)).isEqualTo(Readiness.READY);
  }

  @Test
  void aLoadThatEndsInTimeIsNotGivenUpLater() {
    fixture.serve(1);
    held.advance(EngineFixture.OPTIONS.loadDeadline().toMillis());
    assertThat(versions.readiness(1)).isEqualTo(Readiness.READY);
  }

  @Test
  void loadsTheNextVersionAfterOneThatDidNotFitInMemory() {
    fixture.serve(1);
    fixture.broken.put(2L, new OutOfMemoryError("scripted"));
    fixture.announce(2, 1L);
    held.settle();
    assertThat(versions.readiness(2)).isEqualTo(Readiness.FAILED);
    fixture.announce(3, 1L);
    held.settle();
    assertThat(versions.readiness(3)).isEqualTo(Readiness.READY);
  }

  @Test
  void refusesAVersionWithAnotherTaxonomy() {
    fixture.serve(1);
    ScriptedModel other =
        new ScriptedModel(new Taxonomy("other", 1, List.of(new TaxonomyClass("a", 0)), 255));
    fixture.models.put(2L, other);
    fixture.announce(2, 1L);
    held.settle();
    assertThat(versions.readiness(2)).isEqualTo(Readiness.FAILED);
    assertThat(other.closed).isTrue();
  }

  @Test
  void aFreshProcessRefusesTheLiveVersionToo() {
    fixture.taxonomy = ScriptedModel.TAXONOMY;
    fixture.models.put(
        2L, new ScriptedModel(new Taxonomy("other", 1, List.of(new TaxonomyClass("a", 0)), 255)));
    fixture.announce(2, 1L);
    held.settle();
    assertThat(versions.readiness(2)).isEqualTo(Readiness.FAILED);
    assertThat(versions.readiness(1)).isEqualTo(Readiness.READY);
  }

  @Test
  void refusesAVersionThatGivesNoNumbers() {
    fixture.serve(1);
    ScriptedModel nan = new ScriptedModel();
    nan.margin = Float.NaN;
    fixture.models.put(2L, nan);
    fixture.announce(2, 1L);
    held.settle();
    assertThat(versions.readiness(2)).isEqualTo(Readiness.FAILED);
    assertThat(nan.closed).isTrue();
  }

  @Test
  void warmsAVersionWithTheSizesInUseAloneAndInAFullBatch() {
    serveAFrameThenLoad2();
    assertThat(fixture.models.get(2L).calls)
        .extracting("batch", "height", "width", "firstReds")
        .containsExactly(tuple(1, 3, 5, List.of(90)), tuple(3, 3, 5, List.of(90, 90, 90)));
  }

  @Test
  void warmsAVersionWithoutAFullBatchWhereItsEngineNeedsNone() {
    ScriptedModel any = new ScriptedModel();
    any.preparesForBatchSize = false;
    fixture.models.put(2L, any);
    serveAFrameThenLoad2();
    assertThat(any.calls).extracting("batch", "firstReds").containsExactly(tuple(1, List.of(90)));
  }

  @Test
  void warmsAVersionThatTakesSingleFramesWithThoseAlone() {
    ScriptedModel single = new ScriptedModel();
    single.maxBatchSize = 1;
    fixture.models.put(2L, single);
    serveAFrameThenLoad2();
    assertThat(single.calls).extracting("batch").containsExactly(1);
  }

  private void serveAFrameThenLoad2() {
    fixture.serve(1);
    var unused = fixture.submit(1, RawCodec.image(5, 3, 90));
    held.advance(10);
    held.settle();
    held.advance(10);
    held.settle();
    fixture.announce(2, 1L);
    held.settle();
  }

  /** A version in bfloat16 that notes how ready it is when it is compared with float32. */
  private ScriptedModel bfloat16(long version, double agreement) {
    ScriptedModel model = new ScriptedModel();
    model.precision = Precision.BFLOAT16;
    model.agreement = agreement;
    model.onSettle = () -> compared.add(version + " " + versions.readiness(version));
    fixture.models.put(version, model);
    return model;
  }

  /** Announces versions 1 to {@code last}, each after the one before has served a frame. */
  private void announceInTurn(long last) {
    for (long version = 1; version <= last; version++) {
      fixture.announce(version, version == 1 ? null : version - 1);
      held.settle();
      inferOne(version);
      held.advance(1000);
      held.settle();
    }
  }

  @Test
  void comparesAVersionWhileItServesIfTheOneBeforeAgreedByAWideMarginOnServedFrames() {
    bfloat16(1, 1);
    bfloat16(2, 0.996);
    ScriptedModel third = bfloat16(3, 0.996);
    announceInTurn(3);
    assertThat(compared).containsExactly("1 EXPECTED", "2 EXPECTED", "3 READY");
    assertThat(fixture.changes)
        .filteredOn(change -> change.startsWith("3"))
        .containsExactly("3 LOADING", "3 WARMED", "3 SERVING", "3 SERVING");
    assertThat(third.precision).isEqualTo(Precision.BFLOAT16);
    assertThat(third.open).isZero();
  }

  @Test
  void comparesAVersionBeforeItServesIfTheOneBeforeHardlyAgreed() {
    bfloat16(1, 1);
    bfloat16(2, 0.994);
    bfloat16(3, 0.996);
    announceInTurn(3);
    assertThat(compared).containsExactly("1 EXPECTED", "2 EXPECTED", "3 EXPECTED");
  }

  @Test
  void comparesAVersionOfAnotherNetworkBeforeItServes() {
    bfloat16(1, 1);
    bfloat16(2, 0.996);
    ScriptedModel other = new ScriptedModel(ScriptedModel.TAXONOMY, 8);
    other.precision = Precision.BFLOAT16;
    other.onSettle = () -> compared.add("3 " + versions.readiness(3));
    fixture.models.put(3L, other);
    announceInTurn(3);
    assertThat(compared).containsExactly("1 EXPECTED", "2 EXPECTED", "3 EXPECTED");
  }

  @Test
  void aVersionThatTurnsOutNotToAgreeGoesOnInFloat32AndTheNextIsComparedFirst() {
    bfloat16(1, 1);
    bfloat16(2, 0.996);
    ScriptedModel third = bfloat16(3, 0.5);
    bfloat16(4, 0.996);
    announceInTurn(4);
    assertThat(third.precision).isEqualTo(Precision.FLOAT32);
    assertThat(third.open).isZero();
    assertThat(compared).containsExactly("1 EXPECTED", "2 EXPECTED", "3 READY", "4 EXPECTED");
  }

  @Test
  void aVersionWhoseComparisonFailsWhileItServesServesOn() {
    bfloat16(1, 1);
    bfloat16(2, 0.996);
    ScriptedModel third = bfloat16(3, 0.996);
    third.onSettle =
        () -> {
          throw new IllegalStateException("scripted");
        };
    bfloat16(4, 0.996);
    announceInTurn(4);
    assertThat(versions.readiness(3)).isEqualTo(Readiness.READY);
    assertThat(third.open).isZero();
    assertThat(compared).containsExactly("1 EXPECTED", "2 EXPECTED", "4 EXPECTED");
  }

  @Test
  void aVersionThatIsReplacedBeforeItsComparisonIsFreedAndTheNextIsComparedFirst() {
    bfloat16(1, 1);
    bfloat16(2, 0.996);
    ScriptedModel third = bfloat16(3, 0.996);
    bfloat16(4, 0.996);
    announceInTurn(2);
    fixture.announce(3, null);
    held.settle();
    inferOne(3);
    fixture.announce(4, null);
    held.settle();
    held.advance(1000);
    held.settle();
    assertThat(compared).containsExactly("1 EXPECTED", "2 EXPECTED", "4 EXPECTED");
    assertThat(third.open).isZero();
    assertThat(third.closed).isTrue();
  }

  @Test
  void closingDoesNotWaitForAComparison() {
    bfloat16(1, 1);
    bfloat16(2, 0.996);
    ScriptedModel third = bfloat16(3, 0.996);
    announceInTurn(2);
    fixture.announce(3, 2L);
    held.settle();
    versions.close();
    held.settle();
    assertThat(compared).containsExactly("1 EXPECTED", "2 EXPECTED");
    assertThat(third.open).isZero();
    assertThat(versions.inMemory()).isZero();
  }

  @Test
  void refusesWhatTheStateNamesBeyondTheMaximum() {
    fixture.announce(
        EngineFixture.state(4)
            .setPrevious(3L)
            .setPins(List.of(new Pin("a", 2L), new Pin("b", 1L)))
            .setShadow(5L));
    held.settle();
    assertThat(versions.readiness(2)).isEqualTo(Readiness.READY);
    assertThat(versions.readiness(1)).isEqualTo(Readiness.FAILED);
    assertThat(fixture.changes).contains("1 FAILED", "5 FAILED");
    assertThat(fixture.loads).containsExactly(4L, 3L, 2L);
  }

  @Test
  void refusesAReadyVersionThatHasLostItsPlaceAndLoadsItNotAgain() {
    fixture.announce(
        EngineFixture.state(3).setPrevious(2L).setPins(List.of(new Pin("gate-*", 1L))));
    held.settle();
    fixture.announce(
        EngineFixture.state(4)
            .setPrevious(2L)
            .setPins(List.of(new Pin("gate-*", 1L)))
            .setCanary(new Canary(3L, 0.5, "salt")));
    for (int frame = 0; frame < 20; frame++) {
      var served = fixture.submit(3, RawCodec.image(4, 4, 10));
      held.settle();
      held.advance(10);
      held.settle();
      assertThat(((FrameResult.Segmented) served.join()).version()).isIn(1L, 2L, 4L);
    }
    assertThat(versions.readiness(3)).isEqualTo(Readiness.FAILED);
    assertThat(fixture.loads).containsExactly(3L, 2L, 1L, 4L);
    assertThat(fixture.changes).contains("3 FAILED", "3 RELEASED");
    assertThat(versions.inMemory()).isEqualTo(3);
  }

  @Test
  void aFrameThatWaitsForAVersionThatLosesItsPlaceIsServedByAnother() {
    fixture.announce(EngineFixture.state(1).setShadow(5L));
    held.settle();
    fixture.announce(EngineFixture.state(1).setPins(List.of(new Pin("a", 2L), new Pin("b", 3L))));
    var waiting = fixture.submit(3, RawCodec.image(4, 4, 10));
    fixture.announce(
        EngineFixture.state(1)
            .setPrevious(2L)
            .setPins(List.of(new Pin("a", 4L), new Pin("b", 3L))));
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(((FrameResult.Segmented) waiting.join()).version()).isEqualTo(1);
    assertThat(fixture.changes).doesNotContain("3 WARMED");
    assertThat(versions.readiness(4)).isEqualTo(Readiness.READY);
  }

  @Test
  void loadsAVersionAgainThatHasLostItsPlaceOnceThereIsRoom() {
    fixture.announce(EngineFixture.state(1).setPrevious(2L).setPins(List.of(new Pin("a", 3L))));
    held.settle();
    fixture.announce(
        EngineFixture.state(1)
            .setPrevious(2L)
            .setPins(List.of(new Pin("b", 4L), new Pin("a", 3L))));
    held.settle();
    fixture.announce(EngineFixture.state(1).setPins(List.of(new Pin("a", 3L))));
    held.settle();
    assertThat(versions.readiness(3)).isEqualTo(Readiness.READY);
    assertThat(fixture.loads).containsExactly(1L, 2L, 3L, 4L, 3L);
  }

  @Test
  void neverServesWithTheShadowInsteadOfAnother() {
    fixture.announce(EngineFixture.state(1).setShadow(2L));
    held.settle();
    fixture.broken.put(3L, new IOException("not there"));
    fixture.announce(EngineFixture.state(3).setShadow(2L));
    held.settle();
    var refused = fixture.submit(3, RawCodec.image(4, 4, 10));
    held.settle();
    assertThatThrownBy(refused::join).hasCauseInstanceOf(ModelUnavailableException.class);
  }

  @Test
  void aShadowThatFailsLateDoesNotEndTheNextShadow() {
    fixture.announce(1, null, 2L);
    held.settle();
    LoadedVersion old = versions.leaseShadow().orElseThrow();
    fixture.announce(1, null, 3L);
    held.settle();
    versions.shadowFailed(old, "scripted");
    old.release();
    held.settle();
    assertThat(versions.leaseShadow()).map(LoadedVersion::version).contains(3L);
    assertThat(fixture.changes).doesNotContain("2 FAILED");
  }

  @Test
  void tellsAgainThatAVersionServesOnceItIsLiveAgain() {
    fixture.serve(1);
    inferOne(1);
    fixture.announce(2, 1L);
    held.settle();
    inferOne(1);
    inferOne(2);
    inferOne(1);
    fixture.announce(1, 2L);
    held.settle();
    inferOne(2);
    inferOne(1);
    inferOne(1);
    assertThat(fixture.changes)
        .filteredOn(change -> change.endsWith("SERVING"))
        .containsExactly("1 SERVING", "2 SERVING", "1 SERVING");
  }

  @Test
  void aVersionThatCannotBeClosedGivesItsPlaceUpAllTheSame() {
    fixture.announce(2, 1L);
    held.settle();
    fixture.models.get(1L).onClose =
        () -> {
          throw new IllegalStateException("scripted");
        };
    fixture.announce(3, 2L);
    held.settle();
    assertThat(fixture.changes).contains("1 RELEASED");
    assertThat(versions.inMemory()).isEqualTo(2);
  }

  @Test
  void loadsAtLowPriorityOnlyBesideAVersionThatServesAndWhileNoFrameWaits() {
    fixture.announce(1, null);
    assertThat(held.quietLoading).isEmpty();
    held.settle();
    fixture.announce(2, 1L);
    assertThat(held.quietLoading).hasSize(1);
    held.settle();
    var waiting = fixture.submit(7, RawCodec.image(4, 4, 10));
    assertThat(held.quietLoading).isEmpty();
    assertThat(held.loading).hasSize(1);
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(waiting).isCompleted();
  }

  @Test
  void loadsAVersionThatARestoredStreamIsOnThoughNoStateNamesIt() {
    fixture.announce(9, null);
    var restored = fixture.submit(7, RawCodec.image(4, 4, 10));
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(((FrameResult.Segmented) restored.join()).version()).isEqualTo(7);
    assertThat(versions.readiness(9)).isEqualTo(Readiness.READY);
  }

  @Test
  void keepsARestoredStreamsVersionUntilTheLiveOneIsReady() {
    var restored = fixture.submit(7, RawCodec.image(4, 4, 10));
    fixture.announce(9, null);
    held.loading.remove().run(); // loads 7
    held.loading.remove().run(); // opens it to frames
    assertThat(versions.readiness(7)).isEqualTo(Readiness.READY);
    assertThat(versions.readiness(9)).isEqualTo(Readiness.EXPECTED);
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(restored).isCompleted();
    assertThat(fixture.models.get(7L).closed).isTrue();
  }

  @Test
  void freesAllVersionsOnClose() {
    fixture.announce(2, 1L);
    held.settle();
    versions.close();
    held.settle();
    assertThat(versions.inMemory()).isZero();
    assertThat(fixture.models.values()).allSatisfy(model -> assertThat(model.closed).isTrue());
  }
}
