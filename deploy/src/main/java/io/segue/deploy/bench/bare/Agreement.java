package io.segue.deploy.bench.bare;

/** How far the logits of two graphs agree. */
final class Agreement {
  private final int classes;
  private long pixels;
  private long equal;
  private double largestDifference;
  private double largestLogit;

  Agreement(int classes) {
    this.classes = classes;
  }

  /** Counts one frame; both {@code [height, width, classes]}. */
  void add(float[] ours, float[] theirs) {
    for (int pixel = 0; pixel < ours.length / classes; pixel++) {
      int from = pixel * classes;
      pixels++;
      equal += best(ours, from) == best(theirs, from) ? 1 : 0;
      for (int c = from; c < from + classes; c++) {
        largestDifference = Math.max(largestDifference, Math.abs(ours[c] - theirs[c]));
        largestLogit = Math.max(largestLogit, Math.abs(theirs[c]));
      }
    }
  }

  private int best(float[] logits, int from) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = logits[from + c] > logits[from + best] ? c : best;
    }
    return best;
  }

  double equalPixelShare() {
    return (double) equal / pixels;
  }

  double largestDifference() {
    return largestDifference;
  }

  /** What the difference is to be seen against. */
  double largestLogit() {
    return largestLogit;
  }
}
