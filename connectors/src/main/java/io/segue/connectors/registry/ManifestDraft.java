package io.segue.connectors.registry;

import java.util.Map;
import java.util.Optional;

/**
 * What the publisher knows about a version beyond its files.
 *
 * @param parent version whose weights the training started from
 * @param replayManifest where the list of the examples lies that it was trained on
 * @param attributes further properties, such as steps or the training request
 */
public record ManifestDraft(
    Optional<Long> parent, Optional<String> replayManifest, Map<String, String> attributes) {
  /** A version that was not trained on a replay buffer. */
  public static final ManifestDraft EMPTY =
      new ManifestDraft(Optional.empty(), Optional.empty(), Map.of());

  /** Copies the attributes. */
  public ManifestDraft {
    attributes = Map.copyOf(attributes);
  }
}
