package io.segue.operators.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A hash that is the same in every process, release and place: the first eight bytes of SHA-256
 * over a seed and a text. What is sampled, sharded or held out by it stays so for ever.
 */
public final class StableHash {
  private StableHash() {}

  /** All 64 bits of the hash. */
  public static long of(long seed, String text) {
    MessageDigest sha256 = sha256();
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).flip());
    byte[] digest = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest).getLong();
  }

  /** The hash as a number that is uniform on the open interval (0, 1). */
  public static double uniform(long seed, String text) {
    return ((of(seed, text) >>> 11) + 0.5) * 0x1p-53;
  }

  /** The hash as a number in {@code [0, buckets)}. */
  public static int bucket(long seed, String text, int buckets) {
    return (int) Long.remainderUnsigned(of(seed, text), buckets);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256, which all must have", e);
    }
  }
}
