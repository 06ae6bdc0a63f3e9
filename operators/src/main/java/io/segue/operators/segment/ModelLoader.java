package io.segue.operators.segment;

import io.segue.model.serve.ServingModel;
import java.io.Serializable;

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
   * The same for a device of this process.
   *
   * @param device such as {@code GPU:1}; blank: wherever the engine runs a network
   */
  default ModelLoader on(String device) {
    return this;
  }
}
