package io.segue.operators.segment;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Taxonomy;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.form.Precision;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads versions of one model and lets none through that fails its warm-up or has another taxonomy
 * than the model: that of its oldest published version, so that each process decides as the one
 * before it did, or, where the loader cannot tell it, that of the first version loaded here.
 *
 * <p>A version that serves in less than float32 is compared with it before it serves, unless the
 * version before it was the same network and agreed by a wide margin on frames of the streams: then
 * half of the work of a load is left for later, and the version is live the sooner.
 *
 * <p>Thread-safe; no lock is held while a version loads, for a load may never return.
 */
final class CheckedLoader {
  private static final Logger LOG = LoggerFactory.getLogger(CheckedLoader.class);

  private final String model;
  private final ModelLoader loader;
  private final WarmUp warmUp;
  private @Nullable Taxonomy taxonomy;

  /** Of the last version, if it has been compared and the next may serve before it is. */
  private @Nullable ModelSpec trusted;

  /** The version loaded last: what comes of an older one's comparison says nothing of the next. */
  private long last;

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
  record Checked(
      long version, ServingModel serving, String numbers, List<WarmUp.Probe> unsettled) {}

  /** Loads a version; the caller closes it. */
  Checked load(long version) throws Exception {
    Optional<Taxonomy> expected = taxonomy();
    ServingModel serving = loader.load(model, version);
    try {
      Taxonomy candidate = serving.spec().taxonomy();
      if (expected.isPresent()) {
        check(version, candidate, expected.get());
      }
      List<WarmUp.Probe> probes = warmUp.run(serving);
      Checked checked;
      if (beginsTrusted(version, serving)) {
        String numbers = numbers(serving) + ", to be compared with float32";
        checked = new Checked(version, serving, numbers, probes);
      } else {
        checked = new Checked(version, serving, settle(version, serving, probes), List.of());
      }
      remember(candidate);
      return checked;
    } catch (Exception | Error e) {
      serving.close();
      throw e;
    }
  }

  private Optional<Taxonomy> taxonomy() {
    synchronized (this) {
      if (taxonomy != null) {
        return Optional.of(taxonomy);
      }
    }
    try {
      Optional<Taxonomy> published = loader.taxonomy(model);
      published.ifPresent(this::remember);
      return published;
    } catch (Exception e) {
      LOG.warn(
          "The taxonomy of model '{}' cannot be read; the first version loaded decides", model, e);
      return Optional.empty();
    }
  }

  private synchronized void remember(Taxonomy known) {
    taxonomy = known;
  }

  /** Whether a version may serve before it is compared, which holds once. */
  private synchronized boolean beginsTrusted(long version, ServingModel serving) {
    boolean begins = serving.precision() != Precision.FLOAT32 && serving.spec().equals(trusted);
    trusted = null;
    last = version;
    return begins;
  }

  private synchronized void trust(long version, ModelSpec spec) {
    if (version == last) {
      trusted = spec;
    }
  }

  /**
   * Compares a version with float32 that {@link #load} has left for later, while it serves.
   *
   * @return in what numbers it goes on, and why
   */
  String settle(Checked checked) throws FrameRefusedException {
    return settle(checked.version(), checked.serving(), checked.unsettled());
  }

  private String settle(long version, ServingModel serving, List<WarmUp.Probe> probes)
      throws FrameRefusedException {
    OptionalDouble agreement = warmUp.settle(serving, probes);
    if (agreement.isEmpty()) {
      return numbers(serving);
    }
    double share = agreement.getAsDouble();
    boolean onServedFrames = probes.stream().allMatch(WarmUp.Probe::served);
    if (onServedFrames && 1 - share <= (1 - warmUp.leastAgreement()) / 2) {
      trust(version, serving.spec());
    }
    return "%s, bfloat16 agrees with float32 in %.2f %% of the pixels at least (limit %.2f %%)"
        .formatted(numbers(serving), 100 * share, 100 * warmUp.leastAgreement());
  }

  private static String numbers(ServingModel serving) {
    return serving.precision().name().toLowerCase(Locale.ROOT);
  }

  private void check(long version, Taxonomy candidate, Taxonomy expected) {
    if (!expected.equals(candidate)) {
      throw new IllegalStateException(
          ("model '%s' version %d: taxonomy '%s' version %d with %d classes is not '%s' version"
                  + " %d with %d classes, which this model serves; publish it under another name")
              .formatted(
                  model,
                  version,
                  candidate.id(),
                  candidate.version(),
                  candidate.size(),
                  expected.id(),
                  expected.version(),
                  expected.size()));
    }
  }
}
