package io.segue.operators.assign;

import java.io.Serializable;

/**
 * How far back repeated identities of a stream are told from new ones.
 *
 * @param epochs producer runs remembered with their sequences, 1 or more
 * @param window sequences remembered of each run, a positive multiple of 8; one bit each
 */
public record IdentityOptions(int epochs, int window) implements Serializable {
  /** The latest 4096 sequences of the latest 4 runs: about 2 KiB a stream. */
  public static final IdentityOptions DEFAULT = new IdentityOptions(4, 4096);

  private static final int RETIRED_EPOCHS = 64;

  public IdentityOptions {
    IdentityWindows unused = new IdentityWindows(epochs, window, RETIRED_EPOCHS);
  }

  IdentityWindows windows() {
    return new IdentityWindows(epochs, window, RETIRED_EPOCHS);
  }
}
