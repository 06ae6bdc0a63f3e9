package io.segue.operators.segment;

import io.segue.model.serve.Segmentation;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One frame that the shadow infers after it was served. The served mask is copied before its memory
 * is given back; nobody waits for what the shadow makes, and what goes wrong with it is nobody
 * else's trouble.
 */
final class ShadowRun {
  private static final Logger LOG = LoggerFactory.getLogger(ShadowRun.class);

  private final ModelVersions versions;
  private final ShadowReports reports;
  private final LoadedVersion shadow;
  private final Batch.Key key;
  private final String stream;
  private final byte[] served;

  private ShadowRun(
      ModelVersions versions,
      ShadowReports reports,
      LoadedVersion shadow,
      Batch.Key key,
      String stream,
      byte[] served) {
    this.versions = versions;
    this.reports = reports;
    this.shadow = shadow;
    this.key = key;
    this.stream = stream;
    this.served = served;
  }

  /** Takes up a frame if there is a shadow that can infer it and another version served it. */
  static Optional<ShadowRun> begin(
      ModelVersions versions,
      ShadowReports reports,
      Batch.Key key,
      FrameTask task,
      ByteBuffer mask) {
    Optional<LoadedVersion> leased = versions.leaseShadow();
    if (leased.isPresent() && leased.get() == key.version()) {
      leased.get().release();
      return Optional.empty();
    }
    return leased.map(
        shadow -> {
          byte[] served = new byte[mask.remaining()];
          mask.duplicate().get(served);
          return new ShadowRun(versions, reports, shadow, key, task.request().stream(), served);
        });
  }

  /**
   * Infers and compares.
   *
   * @param inference of the frame by a version
   */
  void run(Function<LoadedVersion, Segmentation> inference) {
    try (Segmentation made = inference.apply(shadow)) {
      byte[] mask = new byte[served.length];
      made.mask(0).get(mask);
      int classes = key.version().serving().spec().taxonomy().size();
      reports.add(key.version(), shadow, stream, classes, key.width(), served, mask);
    } catch (RuntimeException e) {
      LOG.warn("The shadow cannot infer and is left alone", e);
      versions.shadowFailed(shadow, "as a shadow it failed on a frame: " + e.getMessage());
    } finally {
      shadow.release();
    }
  }
}
