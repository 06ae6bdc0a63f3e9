package io.segue.operators.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.schemas.flow.TrainOutcome;
import io.segue.schemas.flow.TrainRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class TrainEngineTest {
  private static final Duration DEADLINE = Duration.ofMinutes(10);

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Runnable> alarms = new ArrayList<>();
  private final List<String> ran = new ArrayList<>();
  private final List<CompletableFuture<TrainOutcome>> outcomes = new ArrayList<>();

  private TrainEngine engine(TrainRun run) {
    return new TrainEngine(
        run,
        tasks::add,
        (delay, action) -> {
          assertThat(delay).isEqualTo(DEADLINE);
          alarms.add(action);
          return () -> alarms.remove(action);
        },
        DEADLINE,
        Clock.fixed(Instant.ofEpochMilli(42), ZoneOffset.UTC));
  }

  private TrainRun.Candidate complete(TrainRequest request, BooleanSupplier cancelled) {
    ran.add(request.getRequestId());
    return new TrainRun.Candidate("candidate-" + request.getRequestId(), 7, 200, "200 steps");
  }

  private void submit(TrainEngine engine, String model, int number) {
    outcomes.add(
        engine.submit(
            TrainRequest.newBuilder()
                .setRequestId(model + "-" + number)
                .setModel(model)
                .setParentVersion(1)
                .setTraining(List.of())
                .setHoldout(List.of())
                .setReason("test")
                .setRequestedAt(0)
                .build()));
  }

  private List<String> ends() {
    return outcomes.stream()
        .map(outcome -> outcome.getNow(null))
        .map(outcome -> outcome.getRequest().getRequestId() + " " + outcome.getStatus())
        .toList();
  }

  private String message(int index) {
    return outcomes.get(index).getNow(null).getMessage();
  }

  @Test
  void runsTheFirstAndTheNewestOfFiveRequestsThatComeDuringARun() {
    AtomicReference<TrainEngine> engine = new AtomicReference<>();
    engine.set(
        engine(
            (request, cancelled) -> {
              if (ran.isEmpty()) {
                for (int i = 2; i <= 6; i++) {
                  submit(engine.get(), "road", i);
                }
              }
              return complete(request, cancelled);
            }));
    submit(engine.get(), "road", 1);
    tasks.remove().run();

    assertThat(tasks).isEmpty();
    assertThat(ran).containsExactly("road-1", "road-6");
    assertThat(ends())
        .containsExactly(
            "road-1 COMPLETED",
            "road-2 SUPERSEDED",
            "road-3 SUPERSEDED",
            "road-4 SUPERSEDED",
            "road-5 SUPERSEDED",
            "road-6 COMPLETED");
  }

  @Test
  void requestsOfAnotherModelAreNotSuperseded() {
    TrainEngine engine = engine(this::complete);
    submit(engine, "road", 1);
    submit(engine, "rail", 1);
    tasks.remove().run();

    assertThat(ends()).containsExactly("road-1 COMPLETED", "rail-1 COMPLETED");
  }

  @Test
  void anOutcomeNamesTheParentThatTheRunBeganWith() {
    TrainEngine engine = engine(this::complete);
    submit(engine, "road", 1);
    tasks.remove().run();

    assertThat(outcomes.get(0).getNow(null).getRequest().getParentVersion()).isEqualTo(7);
  }

  @Test
  void aRunPastItsDeadlineEndsCancelledAndTheNextGoesAhead() {
    TrainEngine engine =
        engine(
            (request, cancelled) -> {
              if (request.getRequestId().equals("road-1")) {
                alarms.get(0).run();
              }
              if (cancelled.getAsBoolean()) {
                throw new CancellationException("after 3 of 9 steps");
              }
              return complete(request, cancelled);
            });
    submit(engine, "road", 1);
    tasks.remove().run();
    submit(engine, "road", 2);
    tasks.remove().run();

    assertThat(ends()).containsExactly("road-1 CANCELLED", "road-2 COMPLETED");
    assertThat(message(0)).contains("deadline of PT10M").contains("3 of 9");
    assertThat(alarms).isEmpty();
  }

  @Test
  void aRunThatFailsSaysWhyAndTheNextGoesAhead() {
    TrainEngine engine =
        engine(
            (request, cancelled) -> {
              if (request.getModel().equals("road")) {
                throw new IllegalStateException("loss is NaN at step 7");
              }
              return complete(request, cancelled);
            });
    submit(engine, "road", 1);
    submit(engine, "rail", 1);
    tasks.remove().run();

    assertThat(ends()).containsExactly("road-1 FAILED", "rail-1 COMPLETED");
    assertThat(message(0)).isEqualTo("loss is NaN at step 7");
  }

  @Test
  void closingCancelsTheRunAndBeginsNoOther() {
    AtomicReference<TrainEngine> engine = new AtomicReference<>();
    engine.set(
        engine(
            (request, cancelled) -> {
              ran.add(request.getRequestId());
              engine.get().close();
              assertThat(cancelled.getAsBoolean()).isTrue();
              throw new CancellationException("after 1 of 9 steps");
            }));
    submit(engine.get(), "road", 1);
    submit(engine.get(), "rail", 1);
    tasks.remove().run();

    assertThat(ran).containsExactly("road-1");
    assertThat(outcomes.get(1)).isNotDone();
  }

  @Test
  void tellsWhenARunStartedAndWhatItMade() {
    TrainEngine engine = engine(this::complete);
    submit(engine, "road", 1);
    tasks.remove().run();

    assertThat(outcomes.get(0).getNow(null))
        .returns("candidate-road-1", TrainOutcome::getCandidateId)
        .returns(200L, TrainOutcome::getStep)
        .returns(42L, TrainOutcome::getStartedAt)
        .returns("200 steps", TrainOutcome::getMessage);
  }
}
