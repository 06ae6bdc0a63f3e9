package io.segue.model.serve;

import java.util.stream.IntStream;

/** What the class probabilities of pixels say of each pixel. */
final class ClassProbabilities {
  private final float[] values;
  private final int classes;

  /**
   * @param values {@code [pixels, classes]}
   */
  ClassProbabilities(float[] values, int classes) {
    this.values = values;
    this.classes = classes;
  }

  /** The gap between the two largest of each pixel; the one there is where there is one class. */
  float[] gaps() {
    return each(this::gap);
  }

  /** −Σ p · log p of each pixel, in nats; a probability of 0 adds nothing. */
  float[] entropies() {
    return each(this::entropy);
  }

  private interface OfPixel {
    float from(int first);
  }

  private float[] each(OfPixel measure) {
    float[] measures = new float[values.length / classes];
    IntStream.range(0, measures.length)
        .parallel()
        .forEach(pixel -> measures[pixel] = measure.from(pixel * classes));
    return measures;
  }

  private float gap(int first) {
    float largest = values[first];
    float second = classes == 1 ? 0 : Float.NEGATIVE_INFINITY;
    for (int i = first + 1; i < first + classes; i++) {
      // Through minimum and maximum a NaN comes through.
      second = Math.max(second, Math.min(values[i], largest));
      largest = Math.max(largest, values[i]);
    }
    return largest - second;
  }

  private float entropy(int first) {
    double sum = 0;
    for (int i = first; i < first + classes; i++) {
      sum -= values[i] == 0 ? 0 : values[i] * Math.log(values[i]);
    }
    return (float) sum;
  }
}
