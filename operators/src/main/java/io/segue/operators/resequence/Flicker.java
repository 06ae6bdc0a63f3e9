package io.segue.operators.resequence;

import io.segue.connectors.image.DecodedMask;
import io.segue.connectors.image.ImageLimits;
import io.segue.connectors.image.MaskCodec;
import io.segue.schemas.avro.Mask;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Measures how much a stream's mask differs from the one before. Keeps the pixels of the latest
 * streams at hand, so that each mask is decoded once; others are decoded from state again.
 */
final class Flicker {
  private static final int MAX_STREAMS = 64;

  private final Map<String, DecodedMask> latest = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * The share of pixels, 0 to 1, in which {@code mask} differs from the one before; empty if their
   * sizes differ.
   *
   * @param before the mask before as encoded
   */
  Optional<Float> changedShare(ByteBuffer before, Mask mask) {
    String stream = mask.getId().getStreamId();
    DecodedMask previous = latest.get(stream);
    if (previous == null) {
      previous = MaskCodec.decode(before, ImageLimits.DEFAULT);
    }
    DecodedMask current = MaskCodec.decode(mask.getPayload(), ImageLimits.DEFAULT);
    latest.put(stream, current);
    if (latest.size() > MAX_STREAMS) {
      latest.remove(latest.keySet().iterator().next());
    }
    if (previous.width() != current.width() || previous.height() != current.height()) {
      return Optional.empty();
    }
    return Optional.of(changedShare(previous.indices(), current.indices()));
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
