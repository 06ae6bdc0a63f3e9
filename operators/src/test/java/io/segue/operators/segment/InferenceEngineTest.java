package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.config.Plan;
import io.segue.schemas.avro.DeadLetterCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InferenceEngineTest {
  private final EngineFixture fixture = new EngineFixture();
  private final HeldThreads held = fixture.held;

  private static FrameResult.Segmented mask(CompletableFuture<FrameResult> result) {
    assertThat(result).isCompleted();
    return (FrameResult.Segmented) result.join();
  }

  private static FrameResult.Refused refused(CompletableFuture<FrameResult> result) {
    assertThat(result).isCompleted();
    return (FrameResult.Refused) result.join();
  }

  private List<CompletableFuture<FrameResult>> submit(int... reds) {
    List<CompletableFuture<FrameResult>> results = new ArrayList<>();
    for (int red : reds) {
      results.add(fixture.submit(1, RawCodec.image(4, 2, red)));
    }
    return results;
  }

  @Test
  void infersAFullBatchAtOnce() {
    ScriptedModel model = fixture.serve(1);
    var results = submit(10, 20, 30);
    held.settle();
    assertThat(model.calls)
        .containsExactly(new ScriptedModel.Call(3, 2, 4, Plan.SINGLE, List.of(10, 20, 30)));
    assertThat(mask(results.get(1)).mask()).containsOnly(2).hasSize(8);
    assertThat(mask(results.get(1)).version()).isEqualTo(1);
    assertThat(mask(results.get(1)).certainty().margin()).isEqualTo(0.5f);
    assertThat(model.open).isZero();
  }

  @Test
  void infersAPartialBatchOnceItsDelayIsOver() {
    ScriptedModel model = fixture.serve(1);
    var results = submit(10, 20);
    held.settle();
    assertThat(model.calls).isEmpty();
    held.advance(10);
    held.settle();
    assertThat(model.calls).hasSize(1);
    assertThat(results).allSatisfy(result -> assertThat(result).isCompleted());
  }

  @Test
  void fillsAWaitingBatchWhileAnotherIsInferred() {
    ScriptedModel model = fixture.serve(1);
    submit(10, 10, 10);
    HeldThreads.runAll(held.pool);
    submit(20);
    HeldThreads.runAll(held.pool);
    held.advance(50);
    submit(21, 22, 23);
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(model.calls.stream().map(ScriptedModel.Call::firstReds))
        .containsExactly(List.of(10, 10, 10), List.of(20, 21, 22), List.of(23));
  }

  @Test
  void infersAFullBatchBesideAnother() {
    ScriptedModel model = fixture.serve(1);
    var results = submit(10, 11, 12, 20, 21, 22, 30, 31, 32);
    HeldThreads.runAll(held.pool);
    assertThat(held.inference).hasSize(2);
    held.settle();
    assertThat(model.calls.stream().map(ScriptedModel.Call::firstReds))
        .containsExactly(List.of(10, 11, 12), List.of(20, 21, 22), List.of(30, 31, 32));
    assertThat(results).allSatisfy(result -> assertThat(result).isCompleted());
    assertThat(model.open).isZero();
  }

  @Test
  void aBatchThatCouldFillWaitsForTheOneBeforeHoweverOldItIs() {
    fixture.serve(1);
    submit(10, 11, 12, 20, 21);
    HeldThreads.runAll(held.pool);
    held.advance(50);
    assertThat(held.inference).hasSize(1);
    submit(22);
    HeldThreads.runAll(held.pool);
    assertThat(held.inference).hasSize(2);
  }

  @Test
  void fullBatchesDoNotKeepASmallerOneWaitingForEver() {
    ScriptedModel model = fixture.serve(1);
    var rare = fixture.submit(1, RawCodec.image(2, 2, 10));
    submit(20, 20, 20, 21, 21, 21);
    HeldThreads.runAll(held.pool);
    held.advance(20);
    for (int i = 0; i < 5 && !rare.isDone(); i++) {
      submit(30, 30, 30);
      held.inference.remove().run();
      HeldThreads.runAll(held.pool);
    }
    assertThat(rare).isCompleted();
    assertThat(model.calls.stream().map(ScriptedModel.Call::batch)).containsExactly(3, 3, 1);
  }

  @Test
  void batchesRunBesideEachOtherOnlyWhereTheirPlansFitTogether() {
    // A frame is estimated at 6,432 bytes: one batch of three fits, two do not.
    EngineFixture small =
        new EngineFixture(
            EngineFixture.options(3, Duration.ZERO, 1 << 20, Duration.ofSeconds(5), 30_000));
    ScriptedModel model = small.serve(1);
    var results =
        IntStream.range(0, 6).mapToObj(i -> small.submit(1, RawCodec.image(4, 2, 10))).toList();
    HeldThreads.runAll(small.held.pool);
    assertThat(small.held.inference).hasSize(1);
    small.held.settle();
    assertThat(results).allSatisfy(result -> assertThat(result).isCompleted());
    assertThat(model.calls.stream().map(ScriptedModel.Call::batch)).containsExactly(3, 3);
  }

  @Test
  void neverMixesSizes() {
    ScriptedModel model = fixture.serve(1);
    var small = fixture.submit(1, RawCodec.image(2, 2, 10));
    var large = fixture.submit(1, RawCodec.image(8, 8, 20));
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(model.calls).hasSize(2).allSatisfy(call -> assertThat(call.batch()).isEqualTo(1));
    assertThat(mask(small).mask()).hasSize(4);
    assertThat(mask(large).mask()).hasSize(64);
  }

  @Test
  void neverMixesVersions() {
    fixture.announce(2, 1L);
    held.settle();
    ScriptedModel previous = fixture.models.get(1L);
    ScriptedModel live = fixture.models.get(2L);
    previous.calls.clear();
    live.calls.clear();
    var results =
        List.of(
            fixture.submit(1, RawCodec.image(4, 4, 10)),
            fixture.submit(2, RawCodec.image(4, 4, 20)),
            fixture.submit(1, RawCodec.image(4, 4, 30)));
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(previous.calls).singleElement().extracting("firstReds").isEqualTo(List.of(10, 30));
    assertThat(live.calls).singleElement().extracting("firstReds").isEqualTo(List.of(20));
    assertThat(results.stream().map(r -> mask(r).version())).containsExactly(1L, 2L, 1L);
  }

  @Test
  void aFrameThatCannotBeDecodedLeavesItsBatchMatesAlone() {
    ScriptedModel model = fixture.serve(1);
    var bad = fixture.submit(1, RawCodec.truncated(4, 2));
    var good = submit(10, 20);
    held.settle();
    assertThat(refused(bad).cause()).isEqualTo(DeadLetterCause.IMAGE_TRUNCATED);
    assertThat(model.calls).singleElement().extracting("firstReds").isEqualTo(List.of(10, 20));
    assertThat(mask(good.get(0)).mask()).containsOnly(1);
    assertThat(mask(good.get(1)).mask()).containsOnly(2);
  }

  @Test
  void aBatchOfUndecodableFramesIsNotInferred() {
    ScriptedModel model = fixture.serve(1);
    var bad = fixture.submit(1, RawCodec.truncated(4, 2));
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(refused(bad).message()).contains("frame");
    assertThat(model.calls).isEmpty();
    var next = submit(10, 20, 30);
    held.settle();
    assertThat(next).allSatisfy(result -> assertThat(result).isCompleted());
  }

  @Test
  void aBatchThatFailsIsTriedOneByOneAndOnlyTheGuiltyFrameIsRefused() {
    ScriptedModel model = fixture.serve(1);
    model.failsOn = red -> red == 20;
    var results = submit(10, 20, 30);
    held.settle();
    assertThat(mask(results.get(0)).mask()).containsOnly(1);
    assertThat(refused(results.get(1)).cause()).isEqualTo(DeadLetterCause.INFERENCE_FAILED);
    assertThat(refused(results.get(1)).message()).contains("version 1", "scripted failure");
    assertThat(mask(results.get(2)).mask()).containsOnly(3);
    assertThat(model.open).isZero();
  }

  @Test
  void tooManyFramesOnEndThatCannotBeInferredAreTheEnginesFault() {
    ScriptedModel model = fixture.serve(1);
    model.failsOn = red -> red == 20;
    int[] bad = IntStream.generate(() -> 20).limit(BatchInference.MAX_FAILED_ON_END - 1).toArray();
    var before = submit(bad);
    var between = submit(10, 10, 10);
    var after = submit(bad);
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(before).allSatisfy(it -> assertThat(refused(it).message()).contains("scripted"));
    assertThat(mask(between.get(0)).mask()).containsOnly(1);
    assertThat(after).allSatisfy(it -> assertThat(refused(it).message()).contains("scripted"));

    var last = submit(20, 10, 10);
    held.settle();
    assertThatThrownBy(last.get(0)::join)
        .hasRootCauseMessage("scripted failure on [20]")
        .hasMessageContaining("100 frames on end");
    assertThat(last).allSatisfy(it -> assertThat(it).isCompletedExceptionally());
  }

  @Test
  void whatGoesWrongBetweenFramesFailsAllInFlight() {
    ScriptedModel model = fixture.serve(1);
    var results = submit(10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40);
    model.onCall = () -> model.specFailure = new OutOfMemoryError("no room for pixels");
    held.settle();
    assertThatThrownBy(results.get(11)::join).hasRootCauseMessage("no room for pixels");
    assertThat(fixture.engine.hasFailed()).isTrue();
  }

  @Test
  void countsWhatWasInferredOnceAndNothingOfWhatWasRefused() {
    ScriptedModel model = fixture.serve(1);
    model.failsOn = red -> red == 20;
    submit(10, 20, 30);
    held.settle();
    assertThat(fixture.meter.frames()).isEqualTo(2);
    assertThat(fixture.meter.batches()).isEqualTo(2);

    long waited = fixture.meter.waitNanos();
    var truncated = fixture.submit(1, RawCodec.truncated(4, 2));
    held.advance(10);
    held.settle();
    assertThat(refused(truncated).cause()).isEqualTo(DeadLetterCause.IMAGE_TRUNCATED);
    assertThat(fixture.meter.waitNanos()).isEqualTo(waited);
    assertThat(fixture.meter.frames()).isEqualTo(2);
  }

  @Test
  void aHungInferenceFailsEveryFrameInFlight() {
    ScriptedModel model = fixture.serve(1);
    model.onCall = () -> held.advance(5_000);
    var hung = submit(10, 20, 30);
    var waiting = submit(40);
    held.settle();
    assertThatThrownBy(hung.get(0)::join).hasRootCauseInstanceOf(EngineHungException.class);
    assertThatThrownBy(waiting.get(0)::join).hasRootCauseInstanceOf(EngineHungException.class);
    assertThatThrownBy(submit(50).get(0)::join).hasRootCauseInstanceOf(EngineHungException.class);
  }

  @Test
  void theDeadlineCountsFromTheStartOfTheBatch() {
    ScriptedModel model = fixture.serve(1);
    model.onCall = () -> held.advance(4_000);
    var first = submit(10, 20, 30);
    var second = submit(40, 50, 60);
    held.settle();
    assertThat(first.get(0)).isCompleted();
    assertThat(second.get(0)).isCompleted();
    assertThat(mask(second.get(0)).mask()).containsOnly(4);
  }

  @Test
  void anErrorOfTheEngineIsNobodysDeadLetter() {
    ScriptedModel model = fixture.serve(1);
    model.onCall =
        () -> {
          throw new NoClassDefFoundError("scripted");
        };
    var results = submit(10, 20, 30);
    assertThatThrownBy(held::settle).isInstanceOf(NoClassDefFoundError.class);
    assertThat(results).allSatisfy(result -> assertThat(result).isCompletedExceptionally());
  }

  @Test
  void framesWaitForTheirVersionToLoad() {
    fixture.announce(1, null);
    var results = submit(10, 20, 30);
    HeldThreads.runAll(held.pool);
    assertThat(results.get(0)).isNotDone();
    held.settle();
    assertThat(mask(results.get(0)).version()).isEqualTo(1);
  }

  @Test
  void framesOfARefusedVersionAreServedByAnotherAnnouncedOne() {
    fixture.broken.put(1L, new java.io.IOException("a changed byte"));
    fixture.announce(2, null);
    var results = submit(10, 20, 30);
    held.settle();
    assertThat(mask(results.get(0)).version()).isEqualTo(2);
  }

  @Test
  void failsWhereNoVersionCanServe() {
    fixture.broken.put(1L, new java.io.IOException("a changed byte"));
    fixture.announce(1, null);
    var results = submit(10);
    held.settle();
    assertThatThrownBy(results.get(0)::join)
        .hasRootCauseInstanceOf(ModelUnavailableException.class)
        .hasMessageContaining("a changed byte");
  }

  @Test
  void skipsAFrameThatIsTooOldWhenItsTurnComes() {
    ScriptedModel model = fixture.serve(1);
    held.advance(1_000);
    var late = fixture.submit(1, RawCodec.image(4, 2, 10), 900);
    var fresh = fixture.submit(1, RawCodec.image(4, 2, 20), 1_100);
    held.advance(10);
    held.settle();
    assertThat(late.join()).isEqualTo(new FrameResult.Skipped(100));
    assertThat(mask(fresh).mask()).containsOnly(2);
    assertThat(model.calls).singleElement().extracting("batch").isEqualTo(1);
  }

  @Test
  void readsTheSizeOfAFrameThatCameByReference() {
    fixture.serve(1);
    var result =
        fixture.engine.submit(
            new FrameRequest(
                "frame",
                "camera",
                1,
                Plan.SINGLE,
                0,
                0,
                Long.MAX_VALUE,
                () -> RawCodec.image(3, 3, 70)));
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(mask(result).mask()).hasSize(9).containsOnly(7);
  }

  @Test
  void aPayloadThatCannotBeFetchedIsADeadLetter() {
    fixture.serve(1);
    var result =
        fixture.engine.submit(
            new FrameRequest(
                "frame",
                "camera",
                1,
                Plan.SINGLE,
                0,
                0,
                Long.MAX_VALUE,
                () -> {
                  throw new FrameRefusedException(DeadLetterCause.PAYLOAD_REF_CORRUPT, "hash");
                }));
    held.settle();
    assertThat(refused(result).cause()).isEqualTo(DeadLetterCause.PAYLOAD_REF_CORRUPT);
  }

  @Test
  void batchesOfLargeFramesAreSmaller() {
    EngineFixture small =
        new EngineFixture(
            EngineFixture.options(
                3, Duration.ZERO, 2 * 3 * 8 * 8, Duration.ofSeconds(5), 4L << 30));
    ScriptedModel model = small.serve(1);
    var results =
        IntStream.range(0, 4).mapToObj(i -> small.submit(1, RawCodec.image(8, 8, 10))).toList();
    small.held.settle();
    assertThat(results).allSatisfy(result -> assertThat(result).isCompleted());
    assertThat(model.calls.stream().map(ScriptedModel.Call::batch)).containsExactly(2, 2);
  }

  @Test
  void batchesHoldNoMoreFramesThanTheModelTakes() {
    ScriptedModel model = fixture.serve(1);
    model.maxBatchSize = 2;
    var results =
        IntStream.range(0, 4).mapToObj(i -> fixture.submit(1, RawCodec.image(2, 2, 10))).toList();
    held.settle();
    assertThat(results).allSatisfy(result -> assertThat(result).isCompleted());
    assertThat(model.calls.stream().map(ScriptedModel.Call::batch)).containsExactly(2, 2);
  }

  @Test
  void refusesAFrameThatWouldTakeMoreMemoryThanAPlanMay() {
    EngineFixture small =
        new EngineFixture(
            EngineFixture.options(3, Duration.ZERO, 1 << 20, Duration.ofSeconds(5), 6_500));
    small.serve(1);
    var fits = small.submit(1, RawCodec.image(2, 2, 10));
    var tooLarge = small.submit(1, RawCodec.image(9, 9, 10));
    small.held.settle();

    assertThat(fits.join()).isInstanceOf(FrameResult.Segmented.class);
    assertThat(tooLarge.join())
        .isInstanceOfSatisfying(
            FrameResult.Refused.class,
            it -> {
              assertThat(it.cause()).isEqualTo(DeadLetterCause.IMAGE_TOO_LARGE);
              assertThat(it.message())
                  .contains("9×9 pixels under plan s1", "segment.serving.max_plan_bytes");
            });
  }

  @Test
  void refusesAFrameWhosePlanTheNetworkIsTooCoarseFor() {
    ScriptedModel model = fixture.serve(1);
    model.leastScale = 0.5;
    var tooSmall = submit(1, Plan.parse("s0.25"));
    var fits = submit(1, Plan.parse("s0.5"));
    held.settle();
    held.advance(10);
    held.settle();
    assertThat(refused(tooSmall).cause()).isEqualTo(DeadLetterCause.UNSUPPORTED_SIZE);
    assertThat(refused(tooSmall).message()).contains("s0.25");
    assertThat(mask(fits).plan()).isEqualTo(Plan.parse("s0.5"));
    assertThat(model.calls).hasSize(1);
  }

  @Test
  void theWaitForAVersionToLoadTakesNoLadderDown() {
    List<Plan> ladder = List.of(Plan.SINGLE, Plan.parse("s0.5"));
    fixture.announce(1, null);
    submit(10, 20, 30);
    held.advance(5_000);
    held.settle();
    held.advance(1_000);
    assertThat(fixture.engine.plan(ladder)).isEqualTo(Plan.SINGLE);
  }

  @Test
  void framesThatWaitLongTakeALadderDownAndCalmOnesUpAgain() {
    List<Plan> ladder = List.of(Plan.SINGLE, Plan.parse("s0.5"));
    fixture.serve(1);
    submit(10, 20, 30);
    held.advance(1_000);
    held.settle();
    assertThat(fixture.engine.plan(ladder)).isEqualTo(Plan.parse("s0.5"));
    for (int second = 0; second < 5; second++) {
      submit(10, 20, 30);
      held.settle();
      held.advance(1_000);
      assertThat(fixture.engine.plan(ladder))
          .isEqualTo(second < 4 ? Plan.parse("s0.5") : Plan.SINGLE);
    }
  }

  private CompletableFuture<FrameResult> submit(long version, Plan plan) {
    return fixture.engine.submit(
        new FrameRequest(
            "frame",
            "camera",
            version,
            plan,
            4,
            2,
            Long.MAX_VALUE,
            () -> RawCodec.image(4, 2, 10)));
  }
}
