package io.segue.model.serve;

import java.nio.ByteBuffer;
import java.util.Objects;

/** Masks copied out of the graph, one after the other. */
final class MaskBatch implements Segmentation {
  private final byte[] classes;
  private final float[] margins;
  private final int pixels;
  private volatile boolean closed;

  MaskBatch(byte[] classes, float[] margins, int pixels) {
    this.classes = classes;
    this.margins = margins;
    this.pixels = pixels;
  }

  @Override
  public ByteBuffer mask(int index) {
    check(index);
    return ByteBuffer.wrap(classes, index * pixels, pixels).slice().asReadOnlyBuffer();
  }

  @Override
  public float margin(int index) {
    check(index);
    return margins[index];
  }

  private void check(int index) {
    if (closed) {
      throw new IllegalStateException("this segmentation is closed");
    }
    Objects.checkIndex(index, margins.length);
  }

  @Override
  public void close() {
    closed = true;
  }
}
