package io.segue.model.serve;

import java.nio.ByteBuffer;
import java.util.Objects;

/** Masks in Java's memory, one after the other. */
final class MaskBatch implements Segmentation {
  private final byte[] classes;
  private final SampledScores scores;
  private final int pixels;
  private volatile boolean closed;

  MaskBatch(byte[] classes, SampledScores scores, int pixels) {
    this.classes = classes;
    this.scores = scores;
    this.pixels = pixels;
  }

  /** Masks of which only the margins are known. */
  MaskBatch(byte[] classes, float[] margins, int pixels) {
    this(classes, SampledScores.ofMargins(margins), pixels);
  }

  @Override
  public ByteBuffer mask(int index) {
    check(index);
    return ByteBuffer.wrap(classes, index * pixels, pixels).slice().asReadOnlyBuffer();
  }

  @Override
  public float margin(int index) {
    check(index);
    return scores.margins()[index];
  }

  @Override
  public float entropy(int index) {
    check(index);
    return scores.entropies()[index];
  }

  @Override
  public float variance(int index) {
    check(index);
    return scores.variances()[index];
  }

  private void check(int index) {
    if (closed) {
      throw new IllegalStateException("this segmentation is closed");
    }
    Objects.checkIndex(index, scores.margins().length);
  }

  @Override
  public void close() {
    closed = true;
  }
}
