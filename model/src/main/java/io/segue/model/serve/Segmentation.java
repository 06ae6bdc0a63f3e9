package io.segue.model.serve;

import java.nio.ByteBuffer;

/** The masks of one batch; holds native memory until closed. */
public interface Segmentation extends AutoCloseable {
  /**
   * The mask of frame {@code index}: class indices, uint8 {@code [height, width]}, row by row. A
   * read-only view, valid until {@link #close}.
   *
   * @throws IndexOutOfBoundsException outside 0 to batch - 1
   */
  ByteBuffer mask(int index);

  /**
   * The mean over the pixels of frame {@code index} of the gap between the two largest class
   * probabilities, 0 (undecided) to 1 (sure); NaN if it was not measured or the network gave no
   * numbers.
   *
   * @throws IndexOutOfBoundsException outside 0 to batch - 1
   */
  float margin(int index);

  /**
   * The mean over the pixels of frame {@code index} of the entropy of its class probabilities in
   * nats, 0 (sure) to the logarithm of the number of classes; NaN if it was not measured.
   *
   * @throws IndexOutOfBoundsException outside 0 to batch - 1
   */
  default float entropy(int index) {
    return Float.NaN;
  }

  /**
   * The mean over the pixels and classes of frame {@code index} of the variance of its class
   * probabilities over the branches of the plan, 0 (they agree) to 0.25; NaN if it was not measured
   * or the plan has one branch.
   *
   * @throws IndexOutOfBoundsException outside 0 to batch - 1
   */
  default float variance(int index) {
    return Float.NaN;
  }

  /**
   * The share of pixels, 0 to 1, that have the same class in the masks of {@code other}.
   *
   * @param other as many frames of the same size
   * @param frames of each
   */
  default double equalPixelShare(Segmentation other, int frames) {
    long equal = 0;
    long compared = 0;
    for (int frame = 0; frame < frames; frame++) {
      ByteBuffer ours = mask(frame);
      ByteBuffer theirs = other.mask(frame);
      compared += ours.remaining();
      while (ours.hasRemaining()) {
        equal += ours.get() == theirs.get() ? 1 : 0;
      }
    }
    return (double) equal / compared;
  }

  @Override
  void close();
}
