package io.segue.deploy.bench.bare;

import io.segue.model.config.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a plan of several scales with flip costs against the runs it is made of. */
final class PlanCost {
  private static final List<Double> SCALES = List.of(0.75, 1.0, 1.25);
  private static final int RUNS_PER_SCALE = 2;
  private static final Plan WHOLE = new Plan(SCALES, true, Plan.SINGLE.averaging());

  private PlanCost() {}

  /**
   * Time of the plan ÷ the sum of the times of its single runs; a mirrored run counts as the plain
   * one of its scale.
   *
   * @param contender a way to run a plan
   * @param progress takes a line after each measurement
   */
  static double ratio(
      Function<Plan, Contender> contender, int rounds, int frames, Consumer<String> progress)
      throws InterruptedException {
    Map<String, Contender> contenders = new LinkedHashMap<>();
    contenders.put(WHOLE.id(), contender.apply(WHOLE));
    for (double scale : SCALES) {
      Plan single = new Plan(List.of(scale), false, Plan.SINGLE.averaging());
      contenders.put(single.id(), contender.apply(single));
    }
    for (Contender it : contenders.values()) {
      it.run(1);
    }
    Rounds measured = Rounds.measure(contenders, rounds, frames, progress);
    double whole = 1 / measured.framesPerSecond(WHOLE.id());
    double sum =
        contenders.keySet().stream()
            .filter(it -> !it.equals(WHOLE.id()))
            .mapToDouble(it -> RUNS_PER_SCALE / measured.framesPerSecond(it))
            .sum();
    return whole / sum;
  }
}
