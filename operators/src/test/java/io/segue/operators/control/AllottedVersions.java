package io.segue.operators.control;

import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.schemas.flow.GateResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A registry in memory that allots numbers as the real one does; it begins with 1 and 2. */
final class AllottedVersions implements PublishedVersions {
  private static final long serialVersionUID = 1L;
  private static final Taxonomy TAXONOMY = taxonomy("streets");

  final TreeMap<Long, String> candidates = new TreeMap<>(Map.of(1L, "first", 2L, "second"));
  private final Map<Long, String> others = new HashMap<>();

  /** Publishes a version with a taxonomy of its own. */
  void publishOther(long version, String taxonomy) {
    candidates.put(version, taxonomy);
    others.put(version, taxonomy);
  }

  private static Taxonomy taxonomy(String id) {
    return new Taxonomy(
        id, 1, List.of(new TaxonomyClass("road", 1), new TaxonomyClass("rest", 2)), 255);
  }

  @Override
  public boolean hasModel(String model) {
    return true;
  }

  @Override
  public Optional<Taxonomy> taxonomy(String model, long version) {
    if (!candidates.containsKey(version)) {
      return Optional.empty();
    }
    String other = others.get(version);
    return Optional.of(other == null ? TAXONOMY : taxonomy(other));
  }

  @Override
  public long publish(GateResult blessed, long above) {
    long version = Math.max(above, candidates.lastKey()) + 1;
    candidates.put(version, blessed.getVerdict().getCandidateId());
    return version;
  }
}
