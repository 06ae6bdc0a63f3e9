package io.segue.operators.segment;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.WarmedFrames;
import io.segue.model.serve.form.Precision;
import java.nio.ByteBuffer;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/**
 * Runs a version before it serves: with the latest frames of each size and plan in use, alone and,
 * where the engine prepares itself for batch sizes, in a full batch, or with one grey frame of the
 * network's own size where nothing has been served yet. What follows are no first runs, and a
 * network that gives no numbers never serves. One that serves in less than float32 is compared with
 * it on the same frames; where that makes it go over to float32, it is warmed in float32 anew.
 */
final class WarmUp {
  private final ServingOptions options;
  private final ImageCodec codec;
  private final RecentFrames recent;

  WarmUp(ServingOptions options, ImageCodec codec, RecentFrames recent) {
    this.options = options;
    this.codec = codec;
    this.recent = recent;
  }

  /**
   * @return in what numbers the model serves, and why
   * @throws IllegalStateException if the masks name classes outside the taxonomy or the margins are
   *     no numbers
   */
  String run(ServingModel model) throws FrameRefusedException {
    DoubleSummaryStatistics agreement = new DoubleSummaryStatistics();
    runAll(model, agreement);
    boolean wentOverLate = agreement.getCount() > 1 && agreement.getMin() < least();
    if (wentOverLate) {
      runAll(model, agreement);
    }
    String numbers = model.precision().name().toLowerCase(Locale.ROOT);
    return agreement.getCount() == 0
        ? numbers
        : "%s, bfloat16 agrees with float32 in %.2f %% of the pixels at least (limit %.2f %%)"
            .formatted(numbers, 100 * agreement.getMin(), 100 * least());
  }

  private void runAll(ServingModel model, DoubleSummaryStatistics agreement)
      throws FrameRefusedException {
    List<RecentFrames.Sample> samples = recent.samples();
    if (samples.isEmpty()) {
      ModelSpec spec = model.spec();
      ByteBuffer grey = pixels(1, spec.inputWidth(), spec.inputHeight());
      while (grey.hasRemaining()) {
        grey.put((byte) 128);
      }
      probe(model, grey.flip(), spec.inputWidth(), spec.inputHeight(), Plan.SINGLE, agreement);
    }
    for (RecentFrames.Sample sample : samples) {
      run(model, sample, agreement);
    }
  }

  /** Bfloat16 that was asked for stays, whatever becomes of the pixels. */
  private double least() {
    return options.precision() == Precision.BFLOAT16 ? 0 : options.leastAgreement();
  }

  private void run(
      ServingModel model, RecentFrames.Sample sample, DoubleSummaryStatistics agreement)
      throws FrameRefusedException {
    int width = sample.width();
    int height = sample.height();
    int batch =
        model.preparesForBatchSize()
            ? options.batchSize(model.spec(), sample.plan(), width, height)
            : 1;
    ByteBuffer rgb = pixels(batch, width, height);
    int frameBytes = rgb.capacity() / batch;
    codec.decode(sample.encoded().duplicate(), width, height, rgb);
    for (int slot = 1; slot < batch; slot++) {
      rgb.put(slot * frameBytes, rgb, 0, frameBytes);
    }
    probe(model, rgb, width, height, sample.plan(), agreement);
    if (batch > 1) {
      try (Segmentation full = model.segment(rgb, batch, height, width, sample.plan())) {
        check(model.spec(), full, batch, sample.plan());
      }
    }
  }

  private static ByteBuffer pixels(int batch, int width, int height) {
    return ByteBuffer.allocateDirect(
        Math.multiplyExact(batch, Math.multiplyExact(3, Math.multiplyExact(width, height))));
  }

  private void probe(
      ServingModel model,
      ByteBuffer rgb,
      int width,
      int height,
      Plan plan,
      DoubleSummaryStatistics agreement) {
    WarmedFrames warmed = model.warm(rgb, 1, height, width, plan, least());
    try (Segmentation masks = warmed.masks()) {
      warmed.agreement().ifPresent(agreement);
      check(model.spec(), masks, 1, plan);
    }
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
