package io.segue.deploy.config;

import io.segue.model.config.Plan;
import io.segue.operators.assign.StreamRule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which model and plan some streams use; the first section that matches decides.
 *
 * @param match pattern of stream ids: {@code *} and {@code ?} as in file names
 * @param model name of the model
 * @param plan id of the plan, such as {@code s1} (the default) or {@code s0.5+1+flip-PROBABILITIES}
 * @param maxAge age from which a frame is skipped with a record that says so; all are kept where
 *     not given
 * @param cheaperPlans plans to step down to while frames wait long, from the dearest to the
 *     cheapest; none where not given
 * @param smoothFrames frames in a row that must agree before a pixel of the masks takes on another
 *     class, 2 to 60; masks are left as the model makes them where not given
 */
public record StreamConfig(
    String match,
    String model,
    Optional<String> plan,
    Optional<Duration> maxAge,
    Optional<List<String>> cheaperPlans,
    Optional<Integer> smoothFrames) {

  StreamRule rule() {
    return new StreamRule(
        match,
        model,
        plan.orElse(Plan.SINGLE.id()),
        maxAge.map(Duration::toMillis).orElse(0L),
        cheaperPlans.orElse(List.of()),
        smoothFrames.orElse(0));
  }
}
