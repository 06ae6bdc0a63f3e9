package io.segue.model.train;

import io.segue.model.layer.Initializer;
import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.VariableStore;

/**
 * What an optimiser remembers beside each parameter: variables of the parameter's shape, kept in
 * the network's own store so that a checkpoint carries them along.
 */
final class SlotVariables {
  private final VariableStore store;

  SlotVariables(VariableStore store) {
    this.store = store;
  }

  /** The checkpoint key of a parameter's slot. */
  static String key(String parameter, String slot) {
    return parameter + "/.OPTIMIZER_SLOT/optimizer/" + slot;
  }

  /** Whether a key is that of a slot. */
  static boolean isSlot(String key) {
    return key.contains("/.OPTIMIZER_SLOT/");
  }

  NetworkVariable of(NetworkVariable parameter, String slot, float initial) {
    return store.variable(
        key(parameter.key(), slot),
        parameter.shape(),
        new Initializer.Constant(initial),
        false,
        false);
  }
}
