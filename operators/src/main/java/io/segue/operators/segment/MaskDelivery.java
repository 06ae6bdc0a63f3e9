package io.segue.operators.segment;

import io.segue.model.config.Taxonomy;
import io.segue.model.serve.Segmentation;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Encodes the masks of an inferred batch on a pool, and ends each frame with its own. */
final class MaskDelivery {
  private final ImageCodec codec;
  private final EngineThreads threads;
  private final EngineMeter meter;
  private final RecentFrames recent;

  MaskDelivery(ImageCodec codec, EngineThreads threads, EngineMeter meter, RecentFrames recent) {
    this.codec = codec;
    this.threads = threads;
    this.meter = meter;
    this.recent = recent;
  }

  /**
   * Takes over the masks of {@code frames}, and keeps their version until all are encoded.
   *
   * @param done called then, on one of the pool's threads
   */
  void deliver(Batch.Key key, List<FrameTask> frames, Segmentation masks, Runnable done) {
    key.version().extend();
    AtomicInteger left = new AtomicInteger(frames.size());
    for (int i = 0; i < frames.size(); i++) {
      int index = i;
      FrameTask task = frames.get(i);
      threads
          .pool()
          .execute(
              () -> {
                task.attempt(() -> encode(key, task, masks, index));
                if (left.decrementAndGet() == 0) {
                  masks.close();
                  key.version().release();
                  done.run();
                }
              });
    }
  }

  private void encode(Batch.Key key, FrameTask task, Segmentation masks, int index)
      throws FrameRefusedException {
    long started = threads.clock().nanos();
    LoadedVersion version = key.version();
    Taxonomy taxonomy = version.serving().spec().taxonomy();
    byte[] mask = codec.encode(masks.mask(index), key.width(), key.height(), taxonomy);
    meter.encoded(threads.clock().nanos() - started);
    recent.remember(key.plan(), key.width(), key.height(), task.encoded());
    task.end(
        new FrameResult.Segmented(
            version.version(),
            key.plan(),
            taxonomy,
            key.width(),
            key.height(),
            mask,
            FrameResult.Certainty.of(masks, index)));
  }
}
