package io.segue.operators.segment;

import io.segue.model.config.Plan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The latest frame of each size and plan in use, still encoded, so that a new version can be warmed
 * with what it is going to see; and the ladders whose plans load may bring. Remembers a fixed
 * number of sizes and plans. Thread-safe.
 */
final class RecentFrames {
  /** A frame as it was served. */
  record Sample(Plan plan, int width, int height, ByteBuffer encoded) {}

  private record Kind(Plan plan, int width, int height) {}

  private static final int MAX_KINDS = 8;

  private final Map<Kind, Sample> samples = new LinkedHashMap<>(16, 0.75f, true);

  private final Set<List<Plan>> ladders = new LinkedHashSet<>();

  /** Notes a ladder of plans that streams declare; one of a single plan brings nothing new. */
  synchronized void declare(List<Plan> ladder) {
    if (ladder.size() > 1) {
      ladders.add(ladder);
    }
  }

  /** The plans of all declared ladders. */
  synchronized List<Plan> declared() {
    return ladders.stream().flatMap(List::stream).distinct().toList();
  }

  synchronized void remember(Plan plan, int width, int height, ByteBuffer encoded) {
    samples.put(new Kind(plan, width, height), new Sample(plan, width, height, encoded));
    if (samples.size() > MAX_KINDS) {
      samples.remove(samples.keySet().iterator().next());
    }
  }

  synchronized List<Sample> samples() {
    return new ArrayList<>(samples.values());
  }

  /** The same frames under the plans of their ladders that are not in use at their size. */
  synchronized List<Sample> expected() {
    Map<Kind, Sample> expected = new LinkedHashMap<>();
    for (Sample sample : samples.values()) {
      ladders.stream()
          .filter(ladder -> ladder.contains(sample.plan()))
          .flatMap(List::stream)
          .forEach(
              plan ->
                  expected.putIfAbsent(
                      new Kind(plan, sample.width(), sample.height()),
                      new Sample(plan, sample.width(), sample.height(), sample.encoded())));
    }
    expected.keySet().removeAll(samples.keySet());
    return List.copyOf(expected.values());
  }
}
