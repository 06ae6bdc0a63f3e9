package io.segue.deploy.bench;

import io.segue.connectors.image.MaskCodec;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Mask;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads all committed masks after a run and holds them against what was sent.
 *
 * @param masks committed
 * @param lost frames without a mask
 * @param duplicated masks of a frame that had one already
 * @param outOfOrder masks whose frame or ordinal is not after the one before in its stream
 * @param misattributed masks that another version than the one they name has made
 */
record OutcomeAudit(long masks, long lost, long duplicated, long outOfOrder, long misattributed) {
  private static final Duration POLL = Duration.ofMillis(200);

  /** The last mask of a stream. */
  private record Last(long sequence, long ordinal) {}

  /** Compares with {@code sent} frames of {@link FrameLoad}. */
  static OutcomeAudit of(
      BenchStage stage, BenchPictures pictures, ReferenceMasks reference, long sent) {
    Properties options = stage.kafka();
    options.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    options.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    Tally tally = new Tally(pictures, reference);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(stage.topics().masks()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(it -> consumer.position(it) < ends.getOrDefault(it, 0L))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          tally.add(AvroCodec.decode(record.value()));
        }
      }
    }
    return tally.audit(sent);
  }

  /** The count while it is taken. */
  private static final class Tally {
    private final BenchPictures pictures;
    private final ReferenceMasks reference;
    private final Map<String, BitSet> seen = new HashMap<>();
    private final Map<String, Last> last = new HashMap<>();
    private long masks;
    private long duplicated;
    private long outOfOrder;
    private long misattributed;

    Tally(BenchPictures pictures, ReferenceMasks reference) {
      this.pictures = pictures;
      this.reference = reference;
    }

    void add(SpecificRecord value) {
      if (!(value instanceof Mask mask)) {
        return;
      }
      masks++;
      FrameId id = mask.getId();
      BitSet answered = seen.computeIfAbsent(id.getStreamId(), stream -> new BitSet());
      int sequence = Math.toIntExact(id.getSequence());
      if (answered.get(sequence)) {
        duplicated++;
      }
      answered.set(sequence);
      Last before = last.put(id.getStreamId(), new Last(sequence, mask.getOrdinal()));
      if (before != null
          && (before.sequence() >= sequence || before.ordinal() >= mask.getOrdinal())) {
        outOfOrder++;
      }
      if (!reference.isOf(mask.getVersion(), pictures.indexOf(sequence), pixels(mask))) {
        misattributed++;
      }
    }

    private static byte[] pixels(Mask mask) {
      ByteBuffer payload = mask.getPayload();
      byte[] png = new byte[payload.remaining()];
      payload.duplicate().get(png);
      return MaskCodec.decode(png).indices();
    }

    OutcomeAudit audit(long sent) {
      long answered = seen.values().stream().mapToLong(BitSet::cardinality).sum();
      return new OutcomeAudit(masks, sent - answered, duplicated, outOfOrder, misattributed);
    }
  }
}
