package io.segue.operators.segment;

import io.segue.model.config.Plan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The latest frame of each size and plan in use, still encoded, so that a new version can be warmed
 * with what it is going to see. Remembers a fixed number of sizes and plans. Thread-safe.
 */
final class RecentFrames {
  /** A frame as it was served. */
  record Sample(Plan plan, int width, int height, ByteBuffer encoded) {}

  private record Kind(Plan plan, int width, int height) {}

  private static final int MAX_KINDS = 8;

  private final Map<Kind, Sample> samples = new LinkedHashMap<>(16, 0.75f, true);

  synchronized void remember(Plan plan, int width, int height, ByteBuffer encoded) {
    samples.put(new Kind(plan, width, height), new Sample(plan, width, height, encoded));
    if (samples.size() > MAX_KINDS) {
      samples.remove(samples.keySet().iterator().next());
    }
  }

  synchronized List<Sample> samples() {
    return new ArrayList<>(samples.values());
  }
}
