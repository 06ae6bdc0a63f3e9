package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.config.Plan;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanLaddersTest {
  private static final Plan BEST = Plan.parse("s0.5+1-PROBABILITIES");
  private static final Plan CHEAP = Plan.SINGLE;
  private static final Plan CHEAPEST = Plan.parse("s0.5");
  private static final List<Plan> LADDER = List.of(BEST, CHEAP, CHEAPEST);

  private final HeldThreads held = new HeldThreads();
  private final PlanLadders ladders = new PlanLadders(held);

  /** A second in which each frame waited so long and inference took this share. */
  private Plan afterASecond(long waitMillis, double busyShare) {
    ladders.waited(Duration.ofMillis(waitMillis).toNanos());
    long busy = Math.round(1000 * busyShare);
    ladders.inferenceBegins();
    held.advance(busy);
    ladders.inferenceEnds();
    held.advance(1000 - busy);
    return ladders.choose(LADDER);
  }

  @Test
  void stepsDownOnceASecondWhileFramesWaitLong() {
    assertThat(ladders.choose(LADDER)).isEqualTo(BEST);
    assertThat(afterASecond(300, 1)).isEqualTo(CHEAP);
    assertThat(ladders.choose(LADDER)).isEqualTo(CHEAP);
    assertThat(afterASecond(300, 1)).isEqualTo(CHEAPEST);
    assertThat(afterASecond(300, 1)).isEqualTo(CHEAPEST);
  }

  @Test
  void stepsUpAfterFiveCalmSecondsThatLeaveTime() {
    afterASecond(300, 1);
    for (int second = 1; second < 5; second++) {
      assertThat(afterASecond(10, 0.5)).isEqualTo(CHEAP);
    }
    assertThat(afterASecond(10, 0.5)).isEqualTo(BEST);
  }

  @Test
  void staysWhereTheDearerPlanWouldNotFit() {
    afterASecond(300, 1);
    for (int second = 1; second < 20; second++) {
      // 0.7 of the time at cost 1 would be 0.875 at cost 1.25.
      assertThat(afterASecond(10, 0.7)).isEqualTo(CHEAP);
    }
  }

  @Test
  void timeInWhichSeveralInferencesRanCountsOnce() {
    afterASecond(300, 1);
    for (int second = 1; second <= 5; second++) {
      // 0.6 of the time together; 0.9 as a sum, and the dearer plan would not fit.
      ladders.inferenceBegins();
      held.advance(150);
      ladders.inferenceBegins();
      held.advance(300);
      ladders.inferenceEnds();
      held.advance(150);
      ladders.inferenceEnds();
      held.advance(400);
      assertThat(ladders.choose(LADDER)).isEqualTo(second < 5 ? CHEAP : BEST);
    }
  }

  @Test
  void staysBetweenTheTwoLimits() {
    afterASecond(300, 1);
    for (int second = 1; second < 20; second++) {
      assertThat(afterASecond(150, 0.1)).isEqualTo(CHEAP);
    }
  }

  @Test
  void aSinglePlanStaysWhateverTheLoad() {
    ladders.waited(Duration.ofSeconds(5).toNanos());
    held.advance(1000);
    assertThat(ladders.choose(List.of(BEST))).isEqualTo(BEST);
  }
}
