package io.segue.operators.segment;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Taxonomy;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.form.Precision;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Loads versions of one model, one at a time, and lets none through that has another taxonomy than
 * the version before or fails its warm-up.
 *
 * <p>A version that serves in less than float32 is compared with it before it serves, unless the
 * version before it was the same network and agreed by a wide margin on frames of the streams: then
 * half of the work of a load is left for later, and the version is live the sooner.
 */
final class CheckedLoader {
  private final String model;
  private final ModelLoader loader;
  private final WarmUp warmUp;
  private @Nullable Taxonomy taxonomy;

  /** Of the last version, if it has been compared and the next may serve before it is. */
  private @Nullable ModelSpec trusted;

  CheckedLoader(String model, ModelLoader loader, WarmUp warmUp) {
    this.model = model;
    this.loader = loader;
    this.warmUp = warmUp;
  }

  /**
   * A version that may serve.
   *
   * @param numbers in what numbers it serves, and why
   * @param unsettled what {@link #settle} is still to be given
   */
  record Checked(ServingModel serving, String numbers, List<WarmUp.Probe> unsettled) {}

  /** Loads a version; the caller closes it. */
  synchronized Checked load(long version) throws Exception {
    ServingModel serving = loader.load(model, version);
    try {
      Taxonomy candidate = serving.spec().taxonomy();
      check(version, candidate);
      List<WarmUp.Probe> probes = warmUp.run(serving);
      Checked checked;
      if (serving.precision() != Precision.FLOAT32 && serving.spec().equals(trusted)) {
        trusted = null;
        checked = new Checked(serving, numbers(serving) + ", to be compared with float32", probes);
      } else {
        checked = new Checked(serving, settle(serving, probes), List.of());
      }
      taxonomy = candidate;
      return checked;
    } catch (Exception | Error e) {
      serving.close();
      throw e;
    }
  }

  /**
   * Compares a version with float32 that {@link #load} has left for later, while it serves.
   *
   * @return in what numbers it goes on, and why
   */
  synchronized String settle(Checked checked) throws FrameRefusedException {
    return settle(checked.serving(), checked.unsettled());
  }

  private String settle(ServingModel serving, List<WarmUp.Probe> probes)
      throws FrameRefusedException {
    trusted = null;
    OptionalDouble agreement = warmUp.settle(serving, probes);
    if (agreement.isEmpty()) {
      return numbers(serving);
    }
    double share = agreement.getAsDouble();
    boolean onServedFrames = probes.stream().allMatch(WarmUp.Probe::served);
    if (onServedFrames && 1 - share <= (1 - warmUp.leastAgreement()) / 2) {
      trusted = serving.spec();
    }
    return "%s, bfloat16 agrees with float32 in %.2f %% of the pixels at least (limit %.2f %%)"
        .formatted(numbers(serving), 100 * share, 100 * warmUp.leastAgreement());
  }

  private static String numbers(ServingModel serving) {
    return serving.precision().name().toLowerCase(Locale.ROOT);
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
