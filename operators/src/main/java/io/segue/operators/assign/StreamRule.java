package io.segue.operators.assign;

import io.segue.model.config.Plan;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the streams of one pattern are served.
 *
 * @param match pattern of stream ids: {@code *} any characters, {@code ?} exactly one
 * @param model name of the model
 * @param plan id of the plan, as {@link Plan#id} writes it
 * @param maxAgeMillis overload policy: a frame appended to its topic longer ago than this when its
 *     turn comes is skipped with a record that says so; 0 keeps all frames, however far they lag
 * @param cheaperPlans ids of plans to step down to under load, one after the other; none keeps to
 *     the plan however long frames wait
 * @param smoothFrames frames in a row that must agree before a pixel of the masks takes on another
 *     class, 2 to 60; 0 leaves the masks as the model makes them
 */
public record StreamRule(
    String match,
    String model,
    String plan,
    long maxAgeMillis,
    List<String> cheaperPlans,
    int smoothFrames)
    implements Serializable {
  private static final int MOST_SMOOTH_FRAMES = 60;

  public StreamRule {
    if (match.isBlank() || model.isBlank()) {
      throw new IllegalArgumentException(
          "streams: match '%s' with model '%s': neither may be blank".formatted(match, model));
    }
    plan = Plan.parse(plan).id();
    cheaperPlans = cheaperPlans.stream().map(id -> Plan.parse(id).id()).toList();
    if (cheaperPlans.contains(plan)
        || cheaperPlans.stream().distinct().count() != cheaperPlans.size()) {
      throw new IllegalArgumentException(
          "streams: match '%s': plan %s with cheaper plans %s names one twice; name each once"
              .formatted(match, plan, cheaperPlans));
    }
    if (maxAgeMillis < 0) {
      throw new IllegalArgumentException(
          "streams: match '%s': max_age %d ms is negative; leave it out to keep all frames"
              .formatted(match, maxAgeMillis));
    }
    if (smoothFrames != 0 && (smoothFrames < 2 || smoothFrames > MOST_SMOOTH_FRAMES)) {
      throw new IllegalArgumentException(
          "streams: match '%s': smooth_frames is %d; take 2 to %d, or leave it out"
              .formatted(match, smoothFrames, MOST_SMOOTH_FRAMES));
    }
  }

  /** Masks as the model makes them. */
  public StreamRule(
      String match, String model, String plan, long maxAgeMillis, List<String> cheaperPlans) {
    this(match, model, plan, maxAgeMillis, cheaperPlans, 0);
  }

  /** All frames are kept. */
  public StreamRule(String match, String model, String plan) {
    this(match, model, plan, 0);
  }

  /** One plan whatever the load. */
  public StreamRule(String match, String model, String plan, long maxAgeMillis) {
    this(match, model, plan, maxAgeMillis, List.of());
  }

  /** The plans from the best to the cheapest, one or more. */
  public List<Plan> ladder() {
    return Stream.concat(Stream.of(plan), cheaperPlans.stream()).map(Plan::parse).toList();
  }

  /** The age from which frames are skipped; empty where all are kept. */
  public Optional<Duration> maxAge() {
    return maxAgeMillis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(maxAgeMillis));
  }
}
