package io.segue.operators.segment;

import io.segue.model.config.Taxonomy;
import io.segue.model.serve.ServingModel;
import java.io.Serializable;
import java.util.Optional;

/**
 * Brings a published version into this process. Called on a loading thread, for one model never on
 * two at once.
 */
@FunctionalInterface
public interface ModelLoader extends Serializable {
  /**
   * Loads and verifies a version; the caller closes it.
   *
   * @throws Exception whose message says why the version is refused
   */
  ServingModel load(String model, long version) throws Exception;

  /**
   * The taxonomy that all versions of a model have, told without loading one.
   *
   * @return empty where this loader does not know it: the first version that a process loads then
   *     decides
   * @throws Exception where it cannot be read
   */
  default Optional<Taxonomy> taxonomy(String model) throws Exception {
    return Optional.empty();
  }

  /**
   * The same for a device of this process.
   *
   * @param device such as {@code GPU:1}; blank: wherever the engine runs a network
   */
  default ModelLoader on(String device) {
    return this;
  }
}
