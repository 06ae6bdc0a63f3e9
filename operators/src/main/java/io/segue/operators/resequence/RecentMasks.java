package io.segue.operators.resequence;

import io.segue.connectors.image.DecodedMask;
import io.segue.connectors.image.ImageLimits;
import io.segue.connectors.image.MaskCodec;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Pixels of the masks that were in use last, found by their encoded form, so that what one frame
 * has decoded the next need not decode again. Whatever is not at hand is decoded.
 */
final class RecentMasks {
  private static final long MAX_BYTES = 32 << 20;

  private final Map<ByteBuffer, DecodedMask> masks = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * The pixels of an indexed or grey PNG that this job has made, of whatever size: the limits of a
   * restart may be below those under which a mask was made.
   *
   * @param png not to be changed any more
   */
  DecodedMask of(ByteBuffer png) {
    DecodedMask known = masks.get(png);
    if (known != null) {
      return known;
    }
    DecodedMask decoded = MaskCodec.decode(png, ImageLimits.NONE);
    add(png, decoded);
    return decoded;
  }

  /** Keeps the pixels of a PNG that has just been made. */
  void add(ByteBuffer png, DecodedMask mask) {
    if (masks.put(png.duplicate(), mask) == null) {
      bytes += size(png, mask);
    }
    Iterator<Map.Entry<ByteBuffer, DecodedMask>> eldest = masks.entrySet().iterator();
    while (bytes > MAX_BYTES && masks.size() > 1) {
      Map.Entry<ByteBuffer, DecodedMask> entry = eldest.next();
      bytes -= size(entry.getKey(), entry.getValue());
      eldest.remove();
    }
  }

  private static long size(ByteBuffer png, DecodedMask mask) {
    return (long) png.remaining() + mask.indices().length;
  }
}
