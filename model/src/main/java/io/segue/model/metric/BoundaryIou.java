package io.segue.model.metric;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * IoU of the inner contour bands of each class (Cheng et al. 2021): sensitive to outlines also
 * where objects are large. The band of a mask is what lies within {@code d} pixels (in the
 * chessboard metric) of its outside; the outside of the image counts as outside. Only valid pixels
 * count: true label not ignored and a class. Counts are summed over images, so partial results
 * merge. Not thread-safe.
 */
public final class BoundaryIou {
  private static final String KIND = "boundary-iou";
  private static final double RELATIVE_WIDTH = 0.02;

  private final int classes;
  private final OptionalInt bandWidth;
  private final long[] intersection;
  private final long[] union;

  private BoundaryIou(int classes, OptionalInt bandWidth) {
    this.classes = classes;
    this.bandWidth = bandWidth;
    this.intersection = new long[classes];
    this.union = new long[classes];
  }

  /** With bands of a fixed width in pixels, 1 or more. */
  public static BoundaryIou ofWidth(int classes, int pixels) {
    return new BoundaryIou(classes, OptionalInt.of(pixels));
  }

  /** With bands of 2 % of each image's diagonal, at least a pixel. */
  public static BoundaryIou relative(int classes) {
    return new BoundaryIou(classes, OptionalInt.empty());
  }

  /**
   * Adds one image.
   *
   * @param truth uint8 class indices {@code [height, width]}; position and limit stay
   * @param prediction the same for the prediction
   */
  public void add(ByteBuffer truth, ByteBuffer prediction, int height, int width, int ignore) {
    ClassMap map = new ClassMap(height, width, classes);
    int[] t = map.labels(truth, truth, ignore);
    int[] p = map.labels(truth, prediction, ignore);
    int d =
        bandWidth.orElseGet(
            () -> Math.max(1, (int) Math.rint(RELATIVE_WIDTH * Math.hypot(height, width))));
    for (int c = 0; c < classes; c++) {
      boolean[] trueBand = band(t, c, d, map);
      boolean[] predictedBand = band(p, c, d, map);
      for (int i = 0; i < t.length; i++) {
        intersection[c] += trueBand[i] && predictedBand[i] ? 1 : 0;
        union[c] += trueBand[i] || predictedBand[i] ? 1 : 0;
      }
    }
  }

  /** Adds what another metric of the same kind has counted. */
  public void merge(BoundaryIou other) {
    if (other.classes != classes || !other.bandWidth.equals(bandWidth)) {
      throw new IllegalArgumentException(
          "boundary metrics of %d and %d classes or different widths cannot be merged"
              .formatted(classes, other.classes));
    }
    for (int c = 0; c < classes; c++) {
      intersection[c] += other.intersection[c];
      union[c] += other.union[c];
    }
  }

  /** The counts as bytes, which {@link #fromBytes} reads. */
  public byte[] toBytes() {
    return MetricBytes.write(
        KIND,
        out -> {
          out.writeInt(classes);
          out.writeInt(bandWidth.orElse(0));
          MetricBytes.write(out, intersection);
          MetricBytes.write(out, union);
        });
  }

  /**
   * The metric that {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if the bytes are the state of another metric, or not whole
   */
  public static BoundaryIou fromBytes(byte[] state) {
    return MetricBytes.read(
        KIND,
        state,
        in -> {
          int classes = MetricBytes.classes(in);
          int width = in.readInt();
          BoundaryIou it = width == 0 ? relative(classes) : ofWidth(classes, width);
          MetricBytes.read(in, it.intersection);
          MetricBytes.read(in, it.union);
          return it;
        });
  }

  /** Pixels in both bands, by class. */
  public long[] intersection() {
    return intersection.clone();
  }

  /** Pixels in either band, by class. */
  public long[] union() {
    return union.clone();
  }

  /** Boundary IoU of each class, 0–1; NaN for a class that neither map has. */
  public double[] perClass() {
    return IntStream.range(0, classes)
        .mapToDouble(c -> union[c] == 0 ? Double.NaN : (double) intersection[c] / union[c])
        .toArray();
  }

  /** Mean over the classes that have a score; 0 without any. */
  public double mean() {
    return Arrays.stream(perClass()).filter(iou -> !Double.isNaN(iou)).average().orElse(0);
  }

  /** A mask without its erosion by a square of {@code 2 d + 1} pixels. */
  private static boolean[] band(int[] labels, int wanted, int d, ClassMap map) {
    boolean[] mask = new boolean[labels.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = labels[i] == wanted;
    }
    boolean[] inner = mask.clone();
    for (int y = 0; y < map.height(); y++) {
      erodeLine(inner, y * map.width(), 1, map.width(), d);
    }
    for (int x = 0; x < map.width(); x++) {
      erodeLine(inner, x, map.width(), map.height(), d);
    }
    for (int i = 0; i < mask.length; i++) {
      mask[i] &= !inner[i];
    }
    return mask;
  }

  /** Keeps the pixels of a line whose {@code d} neighbours on both sides are all set. */
  private static void erodeLine(boolean[] values, int start, int stride, int length, int d) {
    int runStart = 0;
    for (int i = 0; i <= length; i++) {
      if (i == length || !values[start + i * stride]) {
        for (int k = runStart; k < i; k++) {
          values[start + k * stride] = k - runStart >= d && i - 1 - k >= d;
        }
        runStart = i + 1;
      }
    }
  }
}
