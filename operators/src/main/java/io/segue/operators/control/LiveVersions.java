package io.segue.operators.control;

import java.io.Serializable;
import java.util.Optional;

/** Says which version of a model is live, by the newest committed state. */
@FunctionalInterface
public interface LiveVersions extends Serializable {
  /**
   * The live version; empty if none was ever activated.
   *
   * @throws Exception if it cannot be known now
   */
  Optional<Long> of(String model) throws Exception;
}
