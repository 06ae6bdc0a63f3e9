package io.segue.operators.resequence;

import io.segue.connectors.image.DecodedMask;
import io.segue.schemas.avro.Mask;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Measures how much a stream's mask differs from the one before. Flink counters: {@code
 * flicker.masks} that were compared and {@code flicker.changedPpm}, the sum of their changed pixels
 * in millionths; {@code smoothing.masks}, {@code smoothing.rawChangedPpm} and {@code
 * smoothing.changedPpm} the same of smoothed masks, before and after.
 */
final class Flicker {
  private static final float PPM = 1e6f;

  private final RecentMasks recent;
  private final Counter masks;
  private final Counter changed;
  private final Counter smoothedMasks;
  private final Counter smoothedRawChanged;
  private final Counter smoothedChanged;

  Flicker(RecentMasks recent, MetricGroup operator) {
    this.recent = recent;
    MetricGroup flicker = operator.addGroup("flicker");
    masks = flicker.counter("masks");
    changed = flicker.counter("changedPpm");
    MetricGroup smoothing = operator.addGroup("smoothing");
    smoothedMasks = smoothing.counter("masks");
    smoothedRawChanged = smoothing.counter("rawChangedPpm");
    smoothedChanged = smoothing.counter("changedPpm");
  }

  /**
   * The mask with the share of its pixels that differ from the mask before; without, if their sizes
   * differ.
   *
   * @param before the mask before as encoded
   */
  Mask measured(ByteBuffer before, Mask mask) {
    Optional<Float> share = changedShare(recent.of(before), recent.of(mask.getPayload()));
    if (share.isEmpty()) {
      return mask;
    }
    masks.inc();
    changed.inc(ppm(share.get()));
    Float raw = mask.getRawChangedShare();
    if (raw != null) {
      smoothedMasks.inc();
      smoothedRawChanged.inc(ppm(raw));
      smoothedChanged.inc(ppm(share.get()));
    }
    return Mask.newBuilder(mask).setChangedShare(share.get()).build();
  }

  private static long ppm(float share) {
    return Math.round(share * PPM);
  }

  /** The share of pixels, 0 to 1, in which two masks differ; empty if their sizes do. */
  static Optional<Float> changedShare(DecodedMask a, DecodedMask b) {
    return a.width() == b.width() && a.height() == b.height()
        ? Optional.of(changedShare(a.indices(), b.indices()))
        : Optional.empty();
  }

  private static float changedShare(byte[] a, byte[] b) {
    int changed = 0;
    int at = Arrays.mismatch(a, b);
    while (at >= 0) {
      // Changes come in runs: look at each pixel of one, and leap over what is equal.
      while (at < a.length && a[at] != b[at]) {
        changed++;
        at++;
      }
      int equal = Arrays.mismatch(a, at, a.length, b, at, b.length);
      at = equal < 0 ? -1 : at + equal;
    }
    return (float) changed / a.length;
  }
}
