package io.segue.model.metric;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Counts of pixels by true and predicted class: exact, mergeable, and enough for every figure that
 * looks at single pixels (IoU, accuracy, Dice).
 *
 * <p>A pixel counts if its true label is neither the ignore value nor outside {@code [0, classes)}.
 * Two conventions for classes that neither truth nor prediction contain are in use and named apart:
 * {@link #meanIou()} leaves them out (Keras' {@code MeanIoU}), {@link #meanIouAllClasses()} counts
 * them as 0 (the Model Garden's validation). Figures over no pixel at all are 0.
 *
 * <p>Not thread-safe; give each thread its own and {@link #merge} them.
 */
public final class ConfusionMatrix {
  private static final String KIND = "confusion";
  private final int classes;
  private final long[] counts;

  /** An empty matrix for {@code classes} classes. */
  public ConfusionMatrix(int classes) {
    this(classes, new long[classes * classes]);
  }

  private ConfusionMatrix(int classes, long[] counts) {
    if (classes < 1) {
      throw new IllegalArgumentException("%d classes; at least 1 is needed".formatted(classes));
    }
    this.classes = classes;
    this.counts = counts;
  }

  /**
   * The matrix with these counts, the inverse of {@link #counts()}.
   *
   * @param counts row-major {@code [truth, prediction]}, {@code classes * classes} values ≥ 0
   */
  public static ConfusionMatrix of(int classes, long[] counts) {
    if (counts.length != classes * classes) {
      throw new IllegalArgumentException(
          "%d counts for %d classes; %d are needed"
              .formatted(counts.length, classes, classes * classes));
    }
    if (Arrays.stream(counts).anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException("counts must not be negative");
    }
    return new ConfusionMatrix(classes, counts.clone());
  }

  /**
   * Adds one map.
   *
   * @param truth uint8 class indices; position and limit stay as they are
   * @param prediction uint8 class indices, as many as in {@code truth}
   * @param ignore label value that leaves a pixel out
   * @throws IllegalArgumentException if the sizes differ or a counted pixel is predicted as a class
   *     outside {@code [0, classes)}
   */
  public void add(ByteBuffer truth, ByteBuffer prediction, int ignore) {
    int pixels = truth.remaining();
    if (pixels != prediction.remaining()) {
      throw new IllegalArgumentException(
          "%d true labels, %d predicted ones; both must be of the same size"
              .formatted(pixels, prediction.remaining()));
    }
    int truthStart = truth.position();
    int predictionStart = prediction.position();
    for (int i = 0; i < pixels; i++) {
      int label = truth.get(truthStart + i) & 0xff;
      if (label != ignore && label < classes) {
        counts[label * classes + checked(prediction.get(predictionStart + i) & 0xff)]++;
      }
    }
  }

  private int checked(int predicted) {
    if (predicted >= classes) {
      throw new IllegalArgumentException(
          "predicted class %d, but there are %d classes".formatted(predicted, classes));
    }
    return predicted;
  }

  /** Adds another matrix of as many classes to this one. */
  public void merge(ConfusionMatrix other) {
    if (other.classes != classes) {
      throw new IllegalArgumentException(
          "matrices of %d and %d classes cannot be merged".formatted(classes, other.classes));
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  /** The counts as bytes, which {@link #fromBytes} reads. */
  public byte[] toBytes() {
    return MetricBytes.write(
        KIND,
        out -> {
          out.writeInt(classes);
          MetricBytes.write(out, counts);
        });
  }

  /**
   * The metric that {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if the bytes are the state of another metric, or not whole
   */
  public static ConfusionMatrix fromBytes(byte[] state) {
    return MetricBytes.read(
        KIND,
        state,
        in -> {
          ConfusionMatrix it = new ConfusionMatrix(MetricBytes.classes(in));
          MetricBytes.read(in, it.counts);
          return it;
        });
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** A copy of the counts, row-major {@code [truth, prediction]}. */
  public long[] counts() {
    return counts.clone();
  }

  /** Number of pixels counted. */
  public long total() {
    return Arrays.stream(counts).sum();
  }

  /** Whether truth or prediction contain the class. */
  public boolean isPresent(int index) {
    return row(index) + column(index) > 0;
  }

  /** IoU of each class, 0–1; 0 for an absent one (see {@link #isPresent}). */
  public double[] perClassIou() {
    return perClass(c -> share(hits(c), row(c) + column(c) - hits(c)));
  }

  /** Dice coefficient (= F1) of each class, 0–1; 0 for an absent one. */
  public double[] perClassDice() {
    return perClass(c -> share(2 * hits(c), row(c) + column(c)));
  }

  /** Share of each class's true pixels that are predicted right (recall), 0–1. */
  public double[] perClassAccuracy() {
    return perClass(c -> share(hits(c), row(c)));
  }

  /** Share of each class's predicted pixels that are right, 0–1. */
  public double[] perClassPrecision() {
    return perClass(c -> share(hits(c), column(c)));
  }

  /** Mean IoU over the present classes. */
  public double meanIou() {
    return meanWhere(perClassIou(), this::isPresent);
  }

  /** Mean IoU over all classes, absent ones as 0. */
  public double meanIouAllClasses() {
    return Arrays.stream(perClassIou()).sum() / classes;
  }

  /** Mean Dice coefficient over the present classes. */
  public double meanDice() {
    return meanWhere(perClassDice(), this::isPresent);
  }

  /** Share of all pixels that are predicted right. */
  public double pixelAccuracy() {
    return share(IntStream.range(0, classes).mapToLong(this::hits).sum(), total());
  }

  /** Mean over the classes with true pixels of the share of those predicted right. */
  public double meanAccuracy() {
    return meanWhere(perClassAccuracy(), c -> row(c) > 0);
  }

  /** Mean of the classes' IoU, each weighted by its share of the true pixels. */
  public double frequencyWeightedIou() {
    double[] iou = perClassIou();
    double weighted = IntStream.range(0, classes).mapToDouble(c -> row(c) * iou[c]).sum();
    long total = total();
    return total == 0 ? 0 : weighted / total;
  }

  /** Cohen's kappa: pixel accuracy beyond chance, at most 1. */
  public double kappa() {
    double total = total();
    if (total == 0) {
      return 0;
    }
    double chance =
        IntStream.range(0, classes).mapToDouble(c -> row(c) / total * (column(c) / total)).sum();
    return chance == 1 ? 0 : (pixelAccuracy() - chance) / (1 - chance);
  }

  private long hits(int c) {
    return counts[c * classes + c];
  }

  private long row(int c) {
    long sum = 0;
    for (int p = 0; p < classes; p++) {
      sum += counts[c * classes + p];
    }
    return sum;
  }

  private long column(int c) {
    long sum = 0;
    for (int t = 0; t < classes; t++) {
      sum += counts[t * classes + c];
    }
    return sum;
  }

  private double[] perClass(IntToDoubleFunction figure) {
    return IntStream.range(0, classes).mapToDouble(figure).toArray();
  }

  private double meanWhere(double[] figures, IntPredicate included) {
    return IntStream.range(0, classes)
        .filter(included)
        .mapToDouble(c -> figures[c])
        .average()
        .orElse(0);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfusionMatrix that
        && classes == that.classes
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }
}
