package io.segue.model.serve;

import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * What a model thinks of each pixel of a batch, beside the mask: for people who look closer, and
 * for those who choose what to label.
 */
public final class PixelScores {
  private final int frames;
  private final int pixels;
  private final int classes;
  private final float[] probabilities;
  private final float[] entropy;
  private final float[] margins;
  private final float[] variance;

  PixelScores(
      int frames,
      int pixels,
      int classes,
      float[] probabilities,
      float[] entropy,
      float[] margins,
      float[] variance) {
    this.frames = frames;
    this.pixels = pixels;
    this.classes = classes;
    this.probabilities = probabilities;
    this.entropy = entropy;
    this.margins = margins;
    this.variance = variance;
  }

  /** The number of classes. */
  public int classes() {
    return classes;
  }

  /** Probabilities of frame {@code index}, {@code [height, width, classes]}; read-only. */
  public FloatBuffer probabilities(int index) {
    return slice(probabilities, index, pixels * classes);
  }

  /**
   * Entropy of each pixel's probabilities in nats, {@code [height, width]}, from 0 (sure) to the
   * logarithm of the number of classes; read-only.
   */
  public FloatBuffer entropy(int index) {
    return slice(entropy, index, pixels);
  }

  /**
   * The gap between each pixel's two largest probabilities, {@code [height, width]}, 0 (undecided)
   * to 1 (sure); read-only.
   */
  public FloatBuffer margins(int index) {
    return slice(margins, index, pixels);
  }

  /**
   * The variance of each pixel's probabilities over the branches of the plan, its mean over the
   * classes, {@code [height, width]}; 0 where the plan has one branch; read-only.
   */
  public FloatBuffer variance(int index) {
    return slice(variance, index, pixels);
  }

  private FloatBuffer slice(float[] all, int index, int size) {
    Objects.checkIndex(index, frames);
    return FloatBuffer.wrap(all, index * size, size).slice().asReadOnlyBuffer();
  }
}
