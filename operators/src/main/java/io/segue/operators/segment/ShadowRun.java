package io.segue.operators.segment;

import io.segue.model.serve.Segmentation;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
  private final int slot;
  private final String stream;
  private final byte[] served;

  private ShadowRun(
      ModelVersions versions,
      ShadowReports reports,
      LoadedVersion shadow,
      Batch.Key key,
      int slot,
      String stream,
      byte[] served) {
    this.versions = versions;
    this.reports = reports;
    this.shadow = shadow;
    this.key = key;
    this.slot = slot;
    this.stream = stream;
    this.served = served;
  }

  /**
   * Takes up a frame if there is a shadow that can infer it and another version served it.
   *
   * @param slot of the frame in its batch
   */
  static Optional<ShadowRun> begin(
      ModelVersions versions,
      ShadowReports reports,
      Batch.Key key,
      int slot,
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
          return new ShadowRun(
              versions, reports, shadow, key, slot, task.request().stream(), served);
        });
  }

  /** The frame's place in its batch. */
  int slot() {
    return slot;
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
      LOG.warn("The shadow cannot infer", e);
      failed(e.getMessage());
    } finally {
      shadow.release();
    }
  }

  /** Leaves the shadow alone from now on: a live version that serves must not suffer from it. */
  void failed(@Nullable String reason) {
    versions.shadowFailed(shadow, "as a shadow it failed on a frame: " + reason);
  }
}
