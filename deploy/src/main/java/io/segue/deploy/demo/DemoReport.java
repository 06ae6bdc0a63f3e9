package io.segue.deploy.demo;

import io.segue.deploy.demo.count.Counts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The values that a demo ends with, in the order in which they are printed. */
public final class DemoReport {
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final List<String> notMeasured = new ArrayList<>();
  private final long lostFrames;

  DemoReport(Counts counts) {
    lostFrames = counts.lostFrames();
    values.put("framesIn", counts.framesIn());
    values.put("masksOut", counts.masksOut());
    values.put("deadLetters", counts.deadLetters());
    values.put("skipped", counts.skipped());
    values.put("droppedRepeats", counts.droppedRepeats());
    values.put("lostFrames", counts.lostFrames());
    values.put("duplicateFrames", counts.duplicateFrames());
    values.put("outOfOrderFrames", counts.outOfOrderFrames());
    values.put("swaps", counts.swaps());
    values.put("rejectedVersions", counts.rejectedVersions());
    values.put("liveVersion", counts.liveVersion());
  }

  /** Adds a share or names it as not measured. */
  DemoReport share(String key, OptionalDouble value) {
    if (value.isPresent()) {
      values.put(key, Math.round(value.getAsDouble() * 10_000) / 10_000.0);
    } else {
      notMeasured.add(key);
    }
    return this;
  }

  /** Adds a number of milliseconds or names it as not measured. */
  DemoReport millis(String key, OptionalLong value) {
    if (value.isPresent()) {
      values.put(key, value.getAsLong());
    } else {
      notMeasured.add(key);
    }
    return this;
  }

  /** The keys and values, with {@code notMeasured} last. */
  public Map<String, Object> values() {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.put("notMeasured", List.copyOf(notMeasured));
    return all;
  }

  /** Frames without an outcome. */
  public long lostFrames() {
    return lostFrames;
  }
}
