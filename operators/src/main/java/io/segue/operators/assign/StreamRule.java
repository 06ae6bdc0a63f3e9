package io.segue.operators.assign;

import io.segue.model.config.Plan;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * How the streams of one pattern are served.
 *
 * @param match pattern of stream ids: {@code *} any characters, {@code ?} exactly one
 * @param model name of the model
 * @param plan id of the plan, as {@link Plan#id} writes it
 * @param maxAgeMillis overload policy: a frame that its topic received longer ago than this when
 *     its turn comes is skipped with a record that says so; 0 keeps all frames, however far they
 *     lag
 */
public record StreamRule(String match, String model, String plan, long maxAgeMillis)
    implements Serializable {
  public StreamRule {
    if (match.isBlank() || model.isBlank()) {
      throw new IllegalArgumentException(
          "streams: match '%s' with model '%s': neither may be blank".formatted(match, model));
    }
    plan = Plan.parse(plan).id();
    if (maxAgeMillis < 0) {
      throw new IllegalArgumentException(
          "streams: match '%s': maxAge %d ms is negative; leave it out to keep all frames"
              .formatted(match, maxAgeMillis));
    }
  }

  /** All frames are kept. */
  public StreamRule(String match, String model, String plan) {
    this(match, model, plan, 0);
  }

  /** The age from which frames are skipped; empty where all are kept. */
  public Optional<Duration> maxAge() {
    return maxAgeMillis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(maxAgeMillis));
  }
}
