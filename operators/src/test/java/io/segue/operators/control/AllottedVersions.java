package io.segue.operators.control;

import io.segue.schemas.flow.GateResult;
import java.util.Map;
import java.util.TreeMap;

/** A registry in memory that allots numbers as the real one does; it begins with 1 and 2. */
final class AllottedVersions implements PublishedVersions {
  private static final long serialVersionUID = 1L;

  final TreeMap<Long, String> candidates = new TreeMap<>(Map.of(1L, "first", 2L, "second"));

  @Override
  public boolean contains(String model, long version) {
    return candidates.containsKey(version);
  }

  @Override
  public long publish(GateResult blessed, long above) {
    long version = Math.max(above, candidates.lastKey()) + 1;
    candidates.put(version, blessed.getVerdict().getCandidateId());
    return version;
  }
}
