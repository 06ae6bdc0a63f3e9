package io.segue.operators.segment;

import io.segue.model.metric.ConfusionMatrix;
import io.segue.schemas.avro.Metric;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a shadow's masks compare with the served ones, gathered over some frames into one report: the
 * mean IoU of the two, the share of pixels on the served mask's class boundaries where they differ,
 * and how much each flickers from one compared frame of a stream to the next. No truth is needed:
 * two versions that agree are equally right. Thread-safe.
 */
final class ShadowReports {
  /** Mean IoU of the shadow's masks and the served ones, which stand for the truth. */
  static final String AGREEMENT = "shadow/agreementMiou";

  /** Share of boundary pixels where the two differ. */
  static final String BOUNDARY = "shadow/boundaryDisagreement";

  /** Share of pixels that change between compared frames, the shadow's less the served ones'. */
  static final String FLICKER = "shadow/flickerDifference";

  private static final int FRAMES_PER_REPORT = 50;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /** Of masks kept for flicker, for the streams compared last. */
  private static final long MAX_KEPT_BYTES = 64L << 20;

  private static final int NO_IGNORE = 255;

  /** The latest compared masks of one stream. */
  @SuppressWarnings("ArrayRecordComponent") // pixels, never compared
  private record Latest(byte[] served, byte[] shadow) {
    long bytes() {
      return (long) served.length + shadow.length;
    }
  }

  private final EngineThreads.Clock clock;
  private final Map<String, Latest> latest = new LinkedHashMap<>(16, 0.75f, true);
  private final List<Metric> reports = new ArrayList<>();
  private @Nullable ConfusionMatrix matrix;
  private long shadowVersion;
  private long servedVersion;
  private int frames;
  private long boundary;
  private long boundaryDiffers;
  private double servedFlicker;
  private double shadowFlicker;
  private int neighbours;
  private long began;
  private long lastAdded;
  private long keptBytes;

  ShadowReports(EngineThreads.Clock clock) {
    this.clock = clock;
  }

  /**
   * Compares the masks of one frame.
   *
   * @param classes of the taxonomy
   * @param served class indices, row by row
   * @param shadow class indices of the same frame
   */
  synchronized void add(
      LoadedVersion servedBy,
      LoadedVersion shadowed,
      String stream,
      int classes,
      int width,
      byte[] served,
      byte[] shadow) {
    if (servedBy.version() != servedVersion || shadowed.version() != shadowVersion) {
      close();
      forget();
      servedVersion = servedBy.version();
      shadowVersion = shadowed.version();
    }
    ConfusionMatrix counts = matrix;
    if (counts == null) {
      counts = new ConfusionMatrix(classes);
      matrix = counts;
      began = clock.nanos();
    }
    counts.add(ByteBuffer.wrap(served), ByteBuffer.wrap(shadow), NO_IGNORE);
    countBoundary(served, shadow, width);
    lastAdded = clock.nanos();
    Latest before = keep(stream, new Latest(served, shadow));
    if (before != null && before.served().length == served.length) {
      servedFlicker += changed(before.served(), served);
      shadowFlicker += changed(before.shadow(), shadow);
      neighbours++;
    }
    if (++frames >= FRAMES_PER_REPORT) {
      close();
    }
  }

  /** Keeps a stream's masks, at the expense of the streams that were compared longest ago. */
  private @Nullable Latest keep(String stream, Latest masks) {
    Latest before = latest.put(stream, masks);
    keptBytes += masks.bytes() - (before == null ? 0 : before.bytes());
    Iterator<Latest> oldest = latest.values().iterator();
    while (keptBytes > MAX_KEPT_BYTES) {
      keptBytes -= oldest.next().bytes();
      oldest.remove();
    }
    return before;
  }

  private void forget() {
    latest.clear();
    keptBytes = 0;
  }

  /** Bytes of masks kept. */
  synchronized long keptBytes() {
    return keptBytes;
  }

  private void countBoundary(byte[] served, byte[] shadow, int width) {
    for (int i = 0; i < served.length; i++) {
      boolean right = (i + 1) % width != 0 && served[i] != served[i + 1];
      boolean below = i + width < served.length && served[i] != served[i + width];
      if (right || below) {
        boundary++;
        boundaryDiffers += served[i] == shadow[i] ? 0 : 1;
      }
    }
  }

  private static double changed(byte[] before, byte[] now) {
    int changed = 0;
    for (int i = 0; i < now.length; i++) {
      changed += before[i] == now[i] ? 0 : 1;
    }
    return (double) changed / now.length;
  }

  /** Ends the report under way. */
  private void close() {
    ConfusionMatrix counts = matrix;
    if (counts == null) {
      return;
    }
    reports.add(metric(AGREEMENT, counts.meanIou()));
    if (boundary > 0) {
      reports.add(metric(BOUNDARY, (double) boundaryDiffers / boundary));
    }
    if (neighbours > 0) {
      reports.add(metric(FLICKER, (shadowFlicker - servedFlicker) / neighbours));
    }
    matrix = null;
    frames = 0;
    boundary = 0;
    boundaryDiffers = 0;
    servedFlicker = 0;
    shadowFlicker = 0;
    neighbours = 0;
  }

  private Metric metric(String name, double value) {
    return Metric.newBuilder()
        .setName(name)
        .setTime(Instant.ofEpochMilli(clock.millis()))
        .setValue(value)
        .setVersion(shadowVersion)
        .setAttributes(
            Map.of(
                "servedVersion", Long.toString(servedVersion), "frames", Integer.toString(frames)))
        .build();
  }

  /** The reports that are complete, or have waited long enough for frames, each given once. */
  synchronized List<Metric> drain(String model) {
    Optional<ConfusionMatrix> open = Optional.ofNullable(matrix);
    if (open.isPresent() && clock.nanos() - began >= LONGEST_WAIT.toNanos()) {
      close();
    }
    if (clock.nanos() - lastAdded >= LONGEST_WAIT.toNanos()) {
      forget();
    }
    reports.forEach(report -> report.setModel(model));
    List<Metric> drained = List.copyOf(reports);
    reports.clear();
    return drained;
  }
}
