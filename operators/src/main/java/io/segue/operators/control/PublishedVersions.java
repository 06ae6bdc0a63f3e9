package io.segue.operators.control;

import io.segue.schemas.flow.GateResult;
import java.io.IOException;
import java.io.Serializable;

/** What control asks of the model registry. */
public interface PublishedVersions extends Serializable {
  /** Whether this version is complete in the registry. */
  boolean contains(String model, long version) throws IOException;

  /**
   * Publishes a blessed candidate under the next free number, or finds the number under which it
   * was published before.
   *
   * @param above numbers up to this one are taken
   * @return the version
   */
  long publish(GateResult blessed, long above) throws IOException;
}
