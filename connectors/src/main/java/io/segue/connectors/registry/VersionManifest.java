package io.segue.connectors.registry;

import io.segue.model.config.ModelSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is known about a published version; {@code manifest.json}, written last.
 *
 * @param model name
 * @param version from 1
 * @param candidateId candidate that it was published from
 * @param spec what builds its network, taxonomy included
 * @param files every file but the manifest itself
 * @param parent version whose weights the training started from
 * @param replayManifest where the list of the examples lies that it was trained on
 * @param attributes further properties
 * @param publishedAt when
 */
public record VersionManifest(
    String model,
    long version,
    String candidateId,
    ModelSpec spec,
    List<StoredFile> files,
    Optional<Long> parent,
    Optional<String> replayManifest,
    Map<String, String> attributes,
    Instant publishedAt) {
  /** Copies lists and maps. */
  public VersionManifest {
    files = List.copyOf(files);
    attributes = Map.copyOf(attributes);
  }
}
