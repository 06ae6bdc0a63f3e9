package io.segue.model.metric;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Panoptic quality (Kirillov et al. 2019) with the Model Garden's rules: a segment is a category
 * and an instance; segments of one category match if their IoU, void taken off the union, is above
 * 0.5; an unmatched prediction that lies for more than half in void is no false positive.
 * Predictions of the ignored category are matched and counted as any other, but no summary has
 * them. Mergeable; not thread-safe.
 */
public final class PanopticQuality {
  private static final String KIND = "panoptic";
  private static final double MATCH = 0.5;

  private final int ignored;
  private final double[] iou;
  private final long[] truePositives;
  private final long[] falseNegatives;
  private final long[] falsePositives;

  /**
   * An empty count.
   *
   * @param categories number of categories
   * @param ignored the category of void and crowds in the truth
   */
  public PanopticQuality(int categories, int ignored) {
    this.ignored = ignored;
    iou = new double[categories];
    truePositives = new long[categories];
    falseNegatives = new long[categories];
    falsePositives = new long[categories];
  }

  /**
   * Means over categories.
   *
   * @param pq panoptic quality, {@code sq * rq} by category
   * @param sq segmentation quality: mean IoU of matches
   * @param rq recognition quality: F1 of matches
   * @param categories how many have any segment
   */
  public record Summary(double pq, double sq, double rq, int categories) {}

  private record Segment(int category, int instance) {}

  private record Pair(Segment truth, Segment prediction) {}

  /** Adds one image, given as category and instance of each pixel in truth and prediction. */
  public void add(int[] trueCategory, int[] trueInstance, int[] category, int[] instance) {
    Map<Segment, Integer> trueAreas = new HashMap<>();
    Map<Segment, Integer> areas = new HashMap<>();
    Map<Segment, Integer> inIgnored = new HashMap<>();
    Map<Pair, Integer> overlaps = new HashMap<>();
    for (int i = 0; i < category.length; i++) {
      Segment truth = new Segment(trueCategory[i], trueInstance[i]);
      Segment predicted = new Segment(category[i], instance[i]);
      trueAreas.merge(truth, 1, Integer::sum);
      areas.merge(predicted, 1, Integer::sum);
      overlaps.merge(new Pair(truth, predicted), 1, Integer::sum);
      if (trueCategory[i] == ignored) {
        inIgnored.merge(predicted, 1, Integer::sum);
      }
    }
    Segment voidSegment = new Segment(ignored, 0);
    Set<Segment> matchedTruth = new HashSet<>();
    Set<Segment> matched = new HashSet<>();
    overlaps.forEach(
        (pair, overlap) -> {
          int c = pair.truth().category();
          if (c != pair.prediction().category()) {
            return;
          }
          int union =
              trueAreas.getOrDefault(pair.truth(), 0)
                  + areas.getOrDefault(pair.prediction(), 0)
                  - overlap
                  - overlaps.getOrDefault(new Pair(voidSegment, pair.prediction()), 0);
          double share = (double) overlap / union;
          if (share > MATCH) {
            truePositives[c]++;
            iou[c] += share;
            matchedTruth.add(pair.truth());
            matched.add(pair.prediction());
          }
        });
    trueAreas
        .keySet()
        .forEach(
            segment -> {
              if (segment.category() != ignored && !matchedTruth.contains(segment)) {
                falseNegatives[segment.category()]++;
              }
            });
    areas.forEach(
        (segment, area) -> {
          boolean mostlyIgnored = inIgnored.getOrDefault(segment, 0) > MATCH * area;
          if (!matched.contains(segment) && !mostlyIgnored) {
            falsePositives[segment.category()]++;
          }
        });
  }

  /** Adds what another count of as many categories has. */
  public void merge(PanopticQuality other) {
    if (other.iou.length != iou.length || other.ignored != ignored) {
      throw new IllegalArgumentException(
          "counts of %d and %d categories, or with another void, cannot be merged"
              .formatted(iou.length, other.iou.length));
    }
    for (int c = 0; c < iou.length; c++) {
      iou[c] += other.iou[c];
      truePositives[c] += other.truePositives[c];
      falseNegatives[c] += other.falseNegatives[c];
      falsePositives[c] += other.falsePositives[c];
    }
  }

  /** The counts as bytes, which {@link #fromBytes} reads. */
  public byte[] toBytes() {
    return MetricBytes.write(
        KIND,
        out -> {
          out.writeInt(iou.length);
          out.writeInt(ignored);
          MetricBytes.write(out, iou);
          MetricBytes.write(out, truePositives);
          MetricBytes.write(out, falseNegatives);
          MetricBytes.write(out, falsePositives);
        });
  }

  /**
   * The metric that {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if the bytes are the state of another metric, or not whole
   */
  public static PanopticQuality fromBytes(byte[] state) {
    return MetricBytes.read(
        KIND,
        state,
        in -> {
          PanopticQuality it = new PanopticQuality(MetricBytes.classes(in), in.readInt());
          MetricBytes.read(in, it.iou);
          MetricBytes.read(in, it.truePositives);
          MetricBytes.read(in, it.falseNegatives);
          MetricBytes.read(in, it.falsePositives);
          return it;
        });
  }

  /** Matches by category. */
  public long[] truePositives() {
    return truePositives.clone();
  }

  /** True segments without a match, by category. */
  public long[] falseNegatives() {
    return falseNegatives.clone();
  }

  /** Predicted segments without a match, by category. */
  public long[] falsePositives() {
    return falsePositives.clone();
  }

  /** Sum of the matches' IoU, by category. */
  public double[] iouSums() {
    return iou.clone();
  }

  /** Mean IoU of the matches, by category; 0 without any. */
  public double[] segmentationQuality() {
    return perCategory(c -> iou[c], c -> (double) truePositives[c]);
  }

  /** F1 of the matches, by category; 0 without any segment. */
  public double[] recognitionQuality() {
    return perCategory(
        c -> (double) truePositives[c],
        c -> truePositives[c] + falseNegatives[c] / 2.0 + falsePositives[c] / 2.0);
  }

  /** Panoptic quality by category; 0 without any segment. */
  public double[] panopticQuality() {
    double[] sq = segmentationQuality();
    double[] rq = recognitionQuality();
    return IntStream.range(0, sq.length).mapToDouble(c -> sq[c] * rq[c]).toArray();
  }

  /** Means over the categories that have any segment and for which {@code included} holds. */
  public Summary summary(IntPredicate included) {
    int[] valid =
        IntStream.range(0, iou.length)
            .filter(c -> c != ignored && included.test(c))
            .filter(c -> truePositives[c] + falseNegatives[c] + falsePositives[c] > 0)
            .toArray();
    return new Summary(
        mean(panopticQuality(), valid),
        mean(segmentationQuality(), valid),
        mean(recognitionQuality(), valid),
        valid.length);
  }

  private interface Figure {
    double of(int category);
  }

  private double[] perCategory(Figure above, Figure below) {
    return IntStream.range(0, iou.length)
        .mapToDouble(c -> below.of(c) == 0 ? 0 : above.of(c) / below.of(c))
        .toArray();
  }

  private static double mean(double[] figures, int[] categories) {
    return IntStream.of(categories).mapToDouble(c -> figures[c]).average().orElse(0);
  }
}
