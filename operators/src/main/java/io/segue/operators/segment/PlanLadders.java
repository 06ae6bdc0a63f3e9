package io.segue.operators.segment;

import io.segue.model.config.Plan;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Which plan of a declared ladder is used under the present load: one step down each period in
 * which frames waited long for their place in a batch, one step up once they have hardly waited for
 * a while and the dearer plan would leave the engine some time to spare. Between the two limits
 * nothing changes, so that a load at the edge does not make the plans swing. Thread-safe.
 */
final class PlanLadders {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** Mean wait of a period above which it steps down. */
  private static final Duration LONG_WAIT = Duration.ofMillis(250);

  /** Mean wait of a period below which it may step up. */
  private static final Duration SHORT_WAIT = Duration.ofMillis(50);

  /** Periods of short waits in a row before a step up. */
  private static final int CALM_PERIODS = 5;

  /** Share of the time that inference may take after a step up, as far as can be foreseen. */
  private static final double MAX_BUSY = 0.8;

  /** Where one ladder stands. */
  private static final class Rung {
    private int step;
    private int calm;
    private long period;
  }

  private final EngineThreads.Clock clock;
  private final Map<List<Plan>, Rung> rungs = new HashMap<>();
  private long period;
  private long began;
  private long waited;
  private long frames;
  private int inferring;
  private long busySince;
  private long busy;
  private double meanWait;
  private double busyShare;

  PlanLadders(EngineThreads.Clock clock) {
    this.clock = clock;
    this.began = clock.nanos();
  }

  /** Tells how long a frame waited for its place, in nanoseconds. */
  synchronized void waited(long nanos) {
    waited += nanos;
    frames++;
  }

  /** Tells that an inference begins. While several run, the time counts once. */
  synchronized void inferenceBegins() {
    if (inferring == 0) {
      busySince = clock.nanos();
    }
    inferring++;
  }

  /** Tells that an inference has ended. */
  synchronized void inferenceEnds() {
    long now = clock.nanos();
    busy += now - busySince;
    busySince = now;
    inferring--;
  }

  /**
   * The plan for the next frame.
   *
   * @param ladder plans from the best to the cheapest, one or more
   */
  synchronized Plan choose(List<Plan> ladder) {
    if (ladder.size() == 1) {
      return ladder.get(0);
    }
    turnPeriod();
    Rung rung = rungs.computeIfAbsent(ladder, plans -> new Rung());
    if (rung.period != period) {
      rung.period = period;
      move(rung, ladder);
    }
    return ladder.get(rung.step);
  }

  private void turnPeriod() {
    long now = clock.nanos();
    long took = now - began;
    if (took < PERIOD.toNanos()) {
      return;
    }
    period++;
    began = now;
    meanWait = frames == 0 ? 0 : (double) waited / frames;
    busyShare = (double) busy / took;
    waited = 0;
    frames = 0;
    busy = 0;
  }

  private void move(Rung rung, List<Plan> ladder) {
    if (meanWait > LONG_WAIT.toNanos()) {
      rung.calm = 0;
      rung.step = Math.min(ladder.size() - 1, rung.step + 1);
    } else if (meanWait < SHORT_WAIT.toNanos() && rung.step > 0) {
      rung.calm++;
      double dearer = cost(ladder.get(rung.step - 1)) / cost(ladder.get(rung.step));
      if (rung.calm >= CALM_PERIODS && busyShare * dearer < MAX_BUSY) {
        rung.calm = 0;
        rung.step--;
      }
    } else {
      rung.calm = 0;
    }
  }

  /** What a plan costs, as a multiple of one run on the frame as it is. */
  private static double cost(Plan plan) {
    double pixels = plan.scales().stream().mapToDouble(scale -> scale * scale).sum();
    return plan.flip() ? 2 * pixels : pixels;
  }

  /** Mean wait of the last period, in milliseconds. */
  synchronized long meanWaitMillis() {
    return TimeUnit.NANOSECONDS.toMillis((long) meanWait);
  }
}
