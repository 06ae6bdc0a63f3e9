package io.segue.deploy.demo.count;

import io.segue.deploy.demo.footage.Shot;
import io.segue.deploy.demo.footage.Shot.Phase;
import io.segue.model.config.Taxonomy;
import io.segue.model.metric.ConfusionMatrix;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * How good the served masks were: mean IoU over the classes present in a window, against the truth
 * of frames that the serving version had not learned from. Safe for use by several threads.
 */
public final class ServedScores {
  private static final long DRIFT_WINDOW_MILLIS = 15_000;

  private record Scored(long captureMillis, Shot shot, ConfusionMatrix matrix) {}

  private final Taxonomy taxonomy;
  private final long firstVersion;
  private final long windowMillis;
  private final Deque<Scored> last = new ArrayDeque<>();
  private final Map<Long, ConfusionMatrix> versions = new TreeMap<>();
  private final ConfusionMatrix first;
  private final ConfusionMatrix drift;
  private long driftCompleteMillis = Long.MAX_VALUE;

  /**
   * @param firstVersion the version that was there before the stream
   * @param windowMillis length of the last window
   */
  public ServedScores(Taxonomy taxonomy, long firstVersion, long windowMillis) {
    this.taxonomy = taxonomy;
    this.firstVersion = firstVersion;
    this.windowMillis = windowMillis;
    first = new ConfusionMatrix(taxonomy.size());
    drift = new ConfusionMatrix(taxonomy.size());
  }

  /**
   * Scores a served mask.
   *
   * @param indices {@code [height, width]} class indices of the mask
   */
  synchronized void score(long version, long captureMillis, Shot shot, byte[] indices) {
    ConfusionMatrix matrix = new ConfusionMatrix(taxonomy.size());
    matrix.add(ByteBuffer.wrap(shot.truth()), ByteBuffer.wrap(indices), taxonomy.ignoreValue());
    versions.computeIfAbsent(version, v -> new ConfusionMatrix(taxonomy.size())).merge(matrix);
    if (version == firstVersion && shot.phase() == Phase.BEFORE_DRIFT) {
      first.merge(matrix);
    }
    if (shot.phase() == Phase.AFTER_DRIFT) {
      driftCompleteMillis = Math.min(driftCompleteMillis, captureMillis);
      if (captureMillis < driftCompleteMillis + DRIFT_WINDOW_MILLIS) {
        drift.merge(matrix);
      }
    }
    last.addLast(new Scored(captureMillis, shot, matrix));
    while (last.getFirst().captureMillis() < captureMillis - windowMillis) {
      last.removeFirst();
    }
  }

  /** Mean IoU of the first version's masks before the drift. */
  public synchronized OptionalDouble firstMiou() {
    return miou(List.of(first));
  }

  /** Mean IoU of the masks served in the 15 seconds after the drift was complete. */
  public synchronized OptionalDouble driftMiou() {
    return miou(List.of(drift));
  }

  /** Mean IoU of the masks served in the last window. */
  public synchronized OptionalDouble lastMiou() {
    return miou(last.stream().map(Scored::matrix).toList());
  }

  /** The frames of the last window, in the order in which their masks were read. */
  public synchronized List<Shot> lastShots() {
    return last.stream().map(Scored::shot).toList();
  }

  /** Mean IoU of all masks that each version served. */
  public synchronized Map<Long, Double> versionMiou() {
    Map<Long, Double> all = new TreeMap<>();
    versions.forEach(
        (version, matrix) -> miou(List.of(matrix)).ifPresent(miou -> all.put(version, miou)));
    return all;
  }

  private OptionalDouble miou(Collection<ConfusionMatrix> matrices) {
    ConfusionMatrix sum = new ConfusionMatrix(taxonomy.size());
    matrices.forEach(sum::merge);
    return sum.total() == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum.meanIou());
  }
}
