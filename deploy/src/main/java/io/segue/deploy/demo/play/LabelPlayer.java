package io.segue.deploy.demo.play;

import io.segue.connectors.image.MaskCodec;
import io.segue.deploy.demo.footage.Shot;
import io.segue.model.config.Taxonomy;
import io.segue.operators.replay.Part;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.MaskEncoding;
import io.segue.schemas.avro.TaxonomyRef;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BiConsumer;

/**
 * Labels frames as people do: late, not in the order of the frames, some twice, some with an
 * identity that no frame has. Not thread-safe.
 */
public final class LabelPlayer {
  private static final double TWICE_SHARE = 0.05;
  private static final double UNKNOWN_SHARE = 0.02;
  private static final long UNKNOWN_SEQUENCES = 1_000_000_000;

  private record Due(long atMillis, long number, FrameId id, Shot shot) {}

  private final Taxonomy taxonomy;
  private final String topic;
  private final RecordOutput output;
  private final BiConsumer<String, Long> sent;
  private final long delayMillis;
  private final long jitterMillis;
  private final Random random;
  private final PriorityQueue<Due> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Due::atMillis).thenComparingLong(Due::number));
  private long number;

  /**
   * @param sent hears the content of each image that may be learned from and the time, before its
   *     label is sent
   * @param delayMillis shortest time from frame to label
   * @param jitterMillis what chance adds to it at most, 0 or more
   */
  public LabelPlayer(
      Taxonomy taxonomy,
      String topic,
      RecordOutput output,
      BiConsumer<String, Long> sent,
      long delayMillis,
      long jitterMillis,
      long seed) {
    this.taxonomy = taxonomy;
    this.topic = topic;
    this.output = output;
    this.sent = sent;
    this.delayMillis = delayMillis;
    this.jitterMillis = jitterMillis;
    this.random = new Random(seed);
  }

  /** Tells of a frame; it will be labelled if its shot says so. */
  public void taken(FrameId id, Shot shot, long captureMillis) {
    if (!shot.labelled()) {
      return;
    }
    plan(id, shot, captureMillis);
    if (random.nextDouble() < TWICE_SHARE) {
      plan(id, shot, captureMillis);
    }
    if (random.nextDouble() < UNKNOWN_SHARE) {
      FrameId unknown =
          new FrameId(id.getStreamId(), id.getEpoch(), id.getSequence() + UNKNOWN_SEQUENCES);
      plan(unknown, shot, captureMillis);
    }
  }

  private void plan(FrameId id, Shot shot, long captureMillis) {
    long wait = delayMillis + (long) (random.nextDouble() * jitterMillis);
    waiting.add(new Due(captureMillis + wait, number++, id, shot));
  }

  /** Sends all labels that are due. */
  public void advance(long nowMillis) {
    while (!waiting.isEmpty() && waiting.element().atMillis() <= nowMillis) {
      send(waiting.remove(), nowMillis);
    }
  }

  private void send(Due due, long nowMillis) {
    Shot shot = due.shot();
    if (!shot.part().equals(Optional.of(Part.HOLDOUT))) {
      sent.accept(shot.content(), nowMillis);
    }
    byte[] mask =
        MaskCodec.encode(ByteBuffer.wrap(shot.truth()), shot.width(), shot.height(), taxonomy);
    Label label =
        Label.newBuilder()
            .setId(due.id())
            .setTaxonomy(new TaxonomyRef(taxonomy.id(), taxonomy.version()))
            .setWidth(shot.width())
            .setHeight(shot.height())
            .setEncoding(MaskEncoding.PNG_INDEXED)
            .setPayload(ByteBuffer.wrap(mask))
            .setAnnotator("demo")
            .setLabelledAt(Instant.ofEpochMilli(nowMillis))
            .build();
    output.send(topic, due.id().getStreamId(), AvroCodec.encode(label));
  }
}
