package io.segue.operators.segment;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.form.Precision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Runs a version before it serves: with the latest frames of each size and plan in use, alone and,
 * where the engine prepares itself for batch sizes, in a full batch, or with one grey frame of the
 * network's own size where nothing has been served yet; also under the other plans of the ladders
 * that streams declare, where they fit, so that the first step down compiles nothing. What follows
 * are no first runs, and a network that gives no numbers never serves. The masks of the frames stay
 * for one comparison with float32, of a version that serves in less.
 */
final class WarmUp {
  /**
   * A frame that a version was warmed with, and its mask.
   *
   * @param served whether it is one that has been served, and not the grey one
   */
  record Probe(
      ByteBuffer rgb, int width, int height, Plan plan, Segmentation masks, boolean served) {}

  private final ServingOptions options;
  private final ImageCodec codec;
  private final RecentFrames recent;

  WarmUp(ServingOptions options, ImageCodec codec, RecentFrames recent) {
    this.options = options;
    this.codec = codec;
    this.recent = recent;
  }

  /**
   * Warms a version.
   *
   * @return what {@link #settle} takes, or {@link #close} does
   * @throws IllegalStateException if the masks name classes outside the taxonomy or the margins are
   *     no numbers
   */
  List<Probe> run(ServingModel model) throws FrameRefusedException {
    List<Probe> probes = new ArrayList<>();
    boolean done = false;
    try {
      for (RecentFrames.Sample sample : recent.samples()) {
        run(model, sample, probes);
      }
      for (RecentFrames.Sample sample : recent.expected()) {
        runAhead(model, sample);
      }
      if (probes.isEmpty()) {
        ModelSpec spec = model.spec();
        ByteBuffer grey = pixels(1, spec.inputWidth(), spec.inputHeight());
        while (grey.hasRemaining()) {
          grey.put((byte) 128);
        }
        int width = spec.inputWidth();
        int height = spec.inputHeight();
        probe(model, probes, grey.flip(), width, height, Plan.SINGLE, false);
        runAhead(model, grey, width, height);
      }
      done = true;
      return probes;
    } finally {
      if (!done) {
        close(probes);
      }
    }
  }

  /** Frees what probes hold. */
  static void close(List<Probe> probes) {
    probes.forEach(probe -> probe.masks().close());
  }

  /**
   * Compares the masks of probes with those in float32. Where too few pixels agree, the model goes
   * over to float32 and is warmed anew. Closes the probes.
   *
   * @return the least share of equal pixels, 0 to 1; empty if the model was in float32 already
   */
  OptionalDouble settle(ServingModel model, List<Probe> probes) throws FrameRefusedException {
    OptionalDouble agreement = OptionalDouble.empty();
    try {
      for (Probe probe : probes) {
        OptionalDouble share =
            model.settle(
                probe.masks(),
                probe.rgb(),
                1,
                probe.height(),
                probe.width(),
                probe.plan(),
                leastAgreement());
        if (share.isPresent() && share.getAsDouble() < agreement.orElse(Double.MAX_VALUE)) {
          agreement = share;
        }
      }
    } finally {
      close(probes);
    }
    if (agreement.isPresent() && agreement.getAsDouble() < leastAgreement()) {
      close(run(model));
    }
    return agreement;
  }

  /** Bfloat16 that was asked for stays, whatever becomes of the pixels. */
  double leastAgreement() {
    return options.precision() == Precision.BFLOAT16 ? 0 : options.leastAgreement();
  }

  private void run(ServingModel model, RecentFrames.Sample sample, List<Probe> probes)
      throws FrameRefusedException {
    int width = sample.width();
    int height = sample.height();
    int batch =
        model.preparesForBatchSize() ? options.batchSize(model, sample.plan(), width, height) : 1;
    ByteBuffer rgb = pixels(batch, width, height);
    int frameBytes = rgb.capacity() / batch;
    codec.decode(sample.encoded().duplicate(), width, height, rgb);
    for (int slot = 1; slot < batch; slot++) {
      rgb.put(slot * frameBytes, rgb, 0, frameBytes);
    }
    probe(model, probes, rgb, width, height, sample.plan(), true);
    if (batch > 1) {
      try (Segmentation full = model.segment(rgb, batch, height, width, sample.plan())) {
        check(model.spec(), full, batch, sample.plan());
      }
    }
  }

  private void runAhead(ServingModel model, RecentFrames.Sample sample)
      throws FrameRefusedException {
    List<Probe> unneeded = new ArrayList<>();
    try {
      if (fits(model, sample.plan(), sample.width(), sample.height())) {
        run(model, sample, unneeded);
      }
    } finally {
      close(unneeded);
    }
  }

  private void runAhead(ServingModel model, ByteBuffer grey, int width, int height) {
    List<Probe> unneeded = new ArrayList<>();
    try {
      for (Plan plan : recent.declared()) {
        if (!plan.equals(Plan.SINGLE) && fits(model, plan, width, height)) {
          probe(model, unneeded, grey, width, height, plan, false);
        }
      }
    } finally {
      close(unneeded);
    }
  }

  /** Whether frames may be served under a plan that none has been served under yet. */
  private boolean fits(ServingModel model, Plan plan, int width, int height) {
    try {
      model.requireFits(plan);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return PlanMemory.bytes(model.spec(), plan, 1, width, height) <= options.maxPlanBytes();
  }

  /** Infers one frame; its probe is kept even where its mask is no good. */
  private static void probe(
      ServingModel model,
      List<Probe> probes,
      ByteBuffer rgb,
      int width,
      int height,
      Plan plan,
      boolean served) {
    Segmentation masks = model.warm(rgb, 1, height, width, plan);
    probes.add(new Probe(rgb, width, height, plan, masks, served));
    check(model.spec(), masks, 1, plan);
  }

  private static ByteBuffer pixels(int batch, int width, int height) {
    return ByteBuffer.allocateDirect(
        Math.multiplyExact(batch, Math.multiplyExact(3, Math.multiplyExact(width, height))));
  }

  private static void check(ModelSpec spec, Segmentation masks, int frames, Plan plan) {
    for (int i = 0; i < frames; i++) {
      checkFrame(spec, masks, i, plan);
    }
  }

  private static void checkFrame(ModelSpec spec, Segmentation result, int index, Plan plan) {
    if (Float.isNaN(result.margin(index))) {
      throw new IllegalStateException(
          "the network gives no numbers for a probe frame under plan %s; train it again"
              .formatted(plan.id()));
    }
    ByteBuffer mask = result.mask(index);
    for (int at = mask.position(); at < mask.limit(); at++) {
      int value = mask.get(at) & 0xff;
      if (value >= spec.taxonomy().size()) {
        throw new IllegalStateException(
            "the network gives class %d for a probe frame; taxonomy '%s' has %d classes"
                .formatted(value, spec.taxonomy().id(), spec.taxonomy().size()));
      }
    }
  }
}
