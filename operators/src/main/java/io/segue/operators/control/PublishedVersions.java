package io.segue.operators.control;

import io.segue.connectors.registry.CorruptVersionException;
import io.segue.model.config.Taxonomy;
import io.segue.schemas.flow.GateResult;
import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;

/** What control asks of the model registry. */
public interface PublishedVersions extends Serializable {
  /** Whether the registry has a version of a model. */
  boolean hasModel(String model) throws IOException;

  /**
   * The taxonomy of a version; empty if it is not complete in the registry.
   *
   * @throws CorruptVersionException if its manifest cannot be read
   */
  Optional<Taxonomy> taxonomy(String model, long version) throws IOException;

  /**
   * Publishes a blessed candidate under the next free number, or finds the number under which it
   * was published before.
   *
   * @param above numbers up to this one are taken
   * @return the version
   */
  long publish(GateResult blessed, long above) throws IOException;
}
