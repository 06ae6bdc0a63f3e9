package io.segue.model.metric;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How well the predicted outlines of each class follow the true ones (Csurka et al. 2013): the F1
 * of boundary pixels that have a boundary pixel of the same class in the other map within a
 * tolerance.
 *
 * <p>Both maps are read on valid pixels only: true label not ignored and a class. A boundary pixel
 * has a valid 4-neighbour inside the image with another class; image border and ignored neighbours
 * make no boundary. Two readings: {@link #pooledPerClass} sums the counts over all images first,
 * {@link #meanPerClass} averages the images' scores. Both merge. Not thread-safe.
 */
public final class BoundaryF1 {
  private static final String KIND = "boundary-f1";
  private static final double RELATIVE_TOLERANCE = 0.0075;
  private static final int[] NEIGHBOUR_Y = {-1, 1, 0, 0};
  private static final int[] NEIGHBOUR_X = {0, 0, -1, 1};
  private static final int NONE = -1;

  private final int classes;
  private final double tolerance;
  private final boolean relative;
  private final long[][] counts;
  private final double[] scoreSums;
  private final long[] images;

  private BoundaryF1(int classes, double tolerance, boolean relative) {
    this.classes = classes;
    this.tolerance = tolerance;
    this.relative = relative;
    this.counts = new long[classes][4];
    this.scoreSums = new double[classes];
    this.images = new long[classes];
  }

  /** With a tolerance in pixels, 0 or more, between pixel centres. */
  public static BoundaryF1 withinPixels(int classes, double tolerance) {
    return new BoundaryF1(classes, tolerance, false);
  }

  /** With a tolerance of 0.75 % of each image's diagonal. */
  public static BoundaryF1 relative(int classes) {
    return new BoundaryF1(classes, RELATIVE_TOLERANCE, true);
  }

  /**
   * Adds one image.
   *
   * @param truth uint8 class indices {@code [height, width]}; position and limit stay
   * @param prediction the same for the prediction
   * @return counts of this image by class: matched and all boundary pixels of the prediction,
   *     matched and all of the truth
   */
  public long[][] add(ByteBuffer truth, ByteBuffer prediction, int height, int width, int ignore) {
    ClassMap map = new ClassMap(height, width, classes);
    int[] t = boundary(map.labels(truth, truth, ignore), map);
    int[] p = boundary(map.labels(truth, prediction, ignore), map);
    double theta = relative ? tolerance * Math.hypot(height, width) : tolerance;
    long[][] image = new long[classes][4];
    match(p, t, map, theta, image, 0);
    match(t, p, map, theta, image, 2);
    for (int c = 0; c < classes; c++) {
      if (image[c][1] + image[c][3] == 0) {
        continue;
      }
      images[c]++;
      scoreSums[c] += f1(image[c]);
      for (int i = 0; i < 4; i++) {
        counts[c][i] += image[c][i];
      }
    }
    return image;
  }

  /** Adds what another metric of the same kind has counted. */
  public void merge(BoundaryF1 other) {
    if (other.classes != classes || other.tolerance != tolerance || other.relative != relative) {
      throw new IllegalArgumentException(
          "boundary metrics of %d and %d classes or different tolerances cannot be merged"
              .formatted(classes, other.classes));
    }
    for (int c = 0; c < classes; c++) {
      images[c] += other.images[c];
      scoreSums[c] += other.scoreSums[c];
      for (int i = 0; i < 4; i++) {
        counts[c][i] += other.counts[c][i];
      }
    }
  }

  /** The counts as bytes, which {@link #fromBytes} reads. */
  public byte[] toBytes() {
    return MetricBytes.write(
        KIND,
        out -> {
          out.writeInt(classes);
          out.writeDouble(tolerance);
          out.writeBoolean(relative);
          for (long[] each : counts) {
            MetricBytes.write(out, each);
          }
          MetricBytes.write(out, scoreSums);
          MetricBytes.write(out, images);
        });
  }

  /**
   * The metric that {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if the bytes are the state of another metric, or not whole
   */
  public static BoundaryF1 fromBytes(byte[] state) {
    return MetricBytes.read(
        KIND,
        state,
        in -> {
          BoundaryF1 it =
              new BoundaryF1(MetricBytes.classes(in), in.readDouble(), in.readBoolean());
          for (long[] each : it.counts) {
            MetricBytes.read(in, each);
          }
          MetricBytes.read(in, it.scoreSums);
          MetricBytes.read(in, it.images);
          return it;
        });
  }

  /** F1 of each class from the counts of all images, 0–1; NaN for a class without boundaries. */
  public double[] pooledPerClass() {
    return IntStream.range(0, classes)
        .mapToDouble(c -> images[c] == 0 ? Double.NaN : f1(counts[c]))
        .toArray();
  }

  /** Mean over the images of each class's F1, 0–1; NaN for a class without boundaries. */
  public double[] meanPerClass() {
    return IntStream.range(0, classes)
        .mapToDouble(c -> images[c] == 0 ? Double.NaN : scoreSums[c] / images[c])
        .toArray();
  }

  /** Mean of {@link #meanPerClass} over the classes that have a score; 0 without any. */
  public double mean() {
    return mean(meanPerClass());
  }

  /** Mean of {@link #pooledPerClass} over the classes that have a score; 0 without any. */
  public double pooledMean() {
    return mean(pooledPerClass());
  }

  private static double mean(double[] scores) {
    return Arrays.stream(scores).filter(score -> !Double.isNaN(score)).average().orElse(0);
  }

  private static double f1(long[] counts) {
    double precision = counts[1] == 0 ? 0 : (double) counts[0] / counts[1];
    double recall = counts[3] == 0 ? 0 : (double) counts[2] / counts[3];
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }

  /** The class of each boundary pixel, -1 elsewhere. */
  private static int[] boundary(int[] labels, ClassMap map) {
    int[] edge = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      edge[i] = labels[i] != NONE && onBoundary(labels, map, i) ? labels[i] : NONE;
    }
    return edge;
  }

  private static boolean onBoundary(int[] labels, ClassMap map, int index) {
    int y = index / map.width();
    int x = index % map.width();
    for (int n = 0; n < NEIGHBOUR_Y.length; n++) {
      int ny = y + NEIGHBOUR_Y[n];
      int nx = x + NEIGHBOUR_X[n];
      if (ny >= 0 && ny < map.height() && nx >= 0 && nx < map.width()) {
        int other = labels[ny * map.width() + nx];
        if (other != NONE && other != labels[index]) {
          return true;
        }
      }
    }
    return false;
  }

  private static void match(
      int[] from, int[] to, ClassMap map, double theta, long[][] counts, int at) {
    for (int i = 0; i < from.length; i++) {
      if (from[i] != NONE) {
        counts[from[i]][at + 1]++;
        if (near(to, map, i, from[i], theta)) {
          counts[from[i]][at]++;
        }
      }
    }
  }

  private static boolean near(int[] edge, ClassMap map, int index, int wanted, double theta) {
    int reach = (int) Math.floor(theta);
    int y = index / map.width();
    int x = index % map.width();
    for (int dy = -Math.min(reach, y); dy <= Math.min(reach, map.height() - 1 - y); dy++) {
      for (int dx = -Math.min(reach, x); dx <= Math.min(reach, map.width() - 1 - x); dx++) {
        if (edge[(y + dy) * map.width() + x + dx] == wanted && dy * dy + dx * dx <= theta * theta) {
          return true;
        }
      }
    }
    return false;
  }
}
