package io.segue.model.metric;

/**
 * Weighted intersections and unions by class: what IoU needs where pixels carry weights, or where
 * labels outside the classes count against the class that was predicted there (the Model Garden's
 * V2 metrics). For unweighted pixels take {@link ConfusionMatrix}, which knows more figures.
 */
public final class ClassOverlap {
  private static final String KIND = "overlap";
  private final double[] intersection;
  private final double[] union;

  /** An empty count for {@code classes} classes. */
  public ClassOverlap(int classes) {
    intersection = new double[classes];
    union = new double[classes];
  }

  /**
   * Adds one pixel; a class outside the range enters only the union of the other.
   *
   * @param weight 0 or more
   */
  public void add(int truth, int prediction, double weight) {
    if (truth == prediction) {
      if (known(truth)) {
        intersection[truth] += weight;
        union[truth] += weight;
      }
      return;
    }
    if (known(truth)) {
      union[truth] += weight;
    }
    if (known(prediction)) {
      union[prediction] += weight;
    }
  }

  private boolean known(int index) {
    return index >= 0 && index < union.length;
  }

  /** Adds another count of as many classes. */
  public void merge(ClassOverlap other) {
    if (other.union.length != union.length) {
      throw new IllegalArgumentException(
          "counts of %d and %d classes cannot be merged"
              .formatted(union.length, other.union.length));
    }
    for (int c = 0; c < union.length; c++) {
      intersection[c] += other.intersection[c];
      union[c] += other.union[c];
    }
  }

  /** The counts as bytes, which {@link #fromBytes} reads. */
  public byte[] toBytes() {
    return MetricBytes.write(
        KIND,
        out -> {
          out.writeInt(union.length);
          MetricBytes.write(out, intersection);
          MetricBytes.write(out, union);
        });
  }

  /**
   * The metric that {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if the bytes are the state of another metric, or not whole
   */
  public static ClassOverlap fromBytes(byte[] state) {
    return MetricBytes.read(
        KIND,
        state,
        in -> {
          ClassOverlap it = new ClassOverlap(MetricBytes.classes(in));
          MetricBytes.read(in, it.intersection);
          MetricBytes.read(in, it.union);
          return it;
        });
  }

  /** IoU of each class, 0–1; 0 for an absent one. */
  public double[] perClassIou() {
    double[] iou = new double[union.length];
    for (int c = 0; c < iou.length; c++) {
      iou[c] = union[c] == 0 ? 0 : intersection[c] / union[c];
    }
    return iou;
  }
}
