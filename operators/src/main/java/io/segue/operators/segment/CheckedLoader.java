package io.segue.operators.segment;

import io.segue.model.config.Taxonomy;
import io.segue.model.serve.ServingModel;
import org.jspecify.annotations.Nullable;

/**
 * Loads versions of one model, one at a time, and lets none through that has another taxonomy than
 * the version before or fails its warm-up.
 */
final class CheckedLoader {
  private final String model;
  private final ModelLoader loader;
  private final WarmUp warmUp;
  private @Nullable Taxonomy taxonomy;

  CheckedLoader(String model, ModelLoader loader, WarmUp warmUp) {
    this.model = model;
    this.loader = loader;
    this.warmUp = warmUp;
  }

  /**
   * A version that may serve.
   *
   * @param numbers in what numbers it serves, and why
   */
  record Checked(ServingModel serving, String numbers) {}

  /** Loads a version; the caller closes it. */
  synchronized Checked load(long version) throws Exception {
    ServingModel serving = loader.load(model, version);
    try {
      Taxonomy candidate = serving.spec().taxonomy();
      check(version, candidate);
      Checked checked = new Checked(serving, warmUp.run(serving));
      taxonomy = candidate;
      return checked;
    } catch (Exception | Error e) {
      serving.close();
      throw e;
    }
  }

  private void check(long version, Taxonomy candidate) {
    if (taxonomy != null && !taxonomy.equals(candidate)) {
      throw new IllegalStateException(
          ("model '%s' version %d: taxonomy '%s' version %d with %d classes is not '%s' version"
                  + " %d with %d classes, which this model serves; publish it under another name")
              .formatted(
                  model,
                  version,
                  candidate.id(),
                  candidate.version(),
                  candidate.size(),
                  taxonomy.id(),
                  taxonomy.version(),
                  taxonomy.size()));
    }
  }
}
