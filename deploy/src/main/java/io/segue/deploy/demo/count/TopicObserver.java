package io.segue.deploy.demo.count;

import io.segue.connectors.image.MaskCodec;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.deploy.demo.footage.Shot;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.MalformedRecordException;
import io.segue.schemas.UnknownSchemaException;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.PayloadRef;
import io.segue.schemas.avro.Skip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes sense of the records on the topics: counts outcomes, times them and scores masks against
 * the truth of the frames that the cameras took. Records are told by one thread; everything else is
 * safe for use by several.
 */
public final class TopicObserver {

  /** Hears of what a page or a terminal shows, on the reader's thread. */
  public interface Listener {
    /** A mask was served for a frame of the demo's cameras. */
    void served(Mask mask, byte[] png, Shot shot);

    /** Something happened to a version. */
    void happened(ModelEvent event);

    /** A record was given up. */
    void gaveUp(DeadLetter letter);
  }

  /** Reads payloads that a topic has by reference. */
  @FunctionalInterface
  public interface Payloads {
    byte[] get(PayloadRef ref) throws IOException;
  }

  private final SegueTopics topics;
  private final Payloads payloads;
  private final ServedScores scores;
  private final LearnedContents learned;
  private final Listener listener;
  private final Clock clock;
  private final OutcomeCounter counter = new OutcomeCounter();
  private final Latencies latencies = new Latencies();
  private final Map<FrameId, Shot> shots = new ConcurrentHashMap<>();

  public TopicObserver(
      SegueTopics topics,
      Payloads payloads,
      ServedScores scores,
      LearnedContents learned,
      Listener listener,
      Clock clock) {
    this.topics = topics;
    this.payloads = payloads;
    this.scores = scores;
    this.learned = learned;
    this.listener = listener;
    this.clock = clock;
  }

  /** The topics whose records it wants to hear of. */
  public Collection<String> topics() {
    return List.of(topics.frames(), topics.masks(), topics.deadLetters(), topics.modelEvents());
  }

  /** Tells of a frame that a camera took, before it is sent. */
  public void taken(FrameId id, Shot shot) {
    shots.put(id, shot);
  }

  /** Tells of a record on one of the topics. */
  public void record(ConsumerRecord<byte[], byte[]> consumed) {
    Optional<SpecificRecord> value = decode(consumed.value());
    if (consumed.topic().equals(topics.frames())) {
      String place = consumed.topic() + "-" + consumed.partition() + "-" + consumed.offset();
      counter.frame(place, value.filter(Frame.class::isInstance).map(v -> ((Frame) v).getId()));
    } else {
      value.ifPresent(this::outcome);
    }
  }

  private static Optional<SpecificRecord> decode(byte[] value) {
    try {
      return Optional.of(AvroCodec.decode(value));
    } catch (MalformedRecordException | UnknownSchemaException e) {
      return Optional.empty();
    }
  }

  private void outcome(SpecificRecord value) {
    if (value instanceof Mask mask) {
      counter.mask(mask);
      time(mask);
      score(mask);
    } else if (value instanceof DeadLetter letter) {
      counter.deadLetter(letter, topics.frames());
      listener.gaveUp(letter);
      if (letter.getId() != null) {
        shots.remove(letter.getId());
      }
    } else if (value instanceof Skip skip) {
      counter.skip(skip);
      shots.remove(skip.getId());
    } else if (value instanceof ModelEvent event) {
      counter.event(event);
      listener.happened(event);
    }
  }

  private void time(Mask mask) {
    synchronized (latencies) {
      latencies.add(clock.millis() - mask.getCaptureTime().toEpochMilli());
    }
  }

  private void score(Mask mask) {
    learned.served(mask.getVersion(), clock.millis());
    Shot shot = shots.remove(mask.getId());
    if (shot == null) {
      return;
    }
    byte[] png = payload(mask);
    if (!learned.mayHaveLearned(mask.getVersion(), shot.content())) {
      scores.score(
          mask.getVersion(),
          mask.getCaptureTime().toEpochMilli(),
          shot,
          MaskCodec.decode(png).indices());
    }
    listener.served(mask, png, shot);
  }

  private byte[] payload(Mask mask) {
    ByteBuffer payload = mask.getPayload();
    if (payload != null) {
      byte[] bytes = new byte[payload.remaining()];
      payload.duplicate().get(bytes);
      return bytes;
    }
    try {
      return payloads.get(mask.getPayloadRef());
    } catch (IOException e) {
      throw new UncheckedIOException("mask of " + mask.getId() + " cannot be read", e);
    }
  }

  /** The count up to now. */
  public Counts counts() {
    return counter.counts();
  }

  /**
   * Time from taking a frame to its mask being visible to a reader of committed records.
   *
   * @param share above 0, up to 1
   * @return milliseconds that this share of the masks did not exceed
   */
  public OptionalLong latencyMillis(double share) {
    synchronized (latencies) {
      return latencies.quantile(share);
    }
  }
}
