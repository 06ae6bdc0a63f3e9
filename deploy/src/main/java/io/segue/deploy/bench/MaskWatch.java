package io.segue.deploy.bench;

import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.Skip;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Sees outcomes as they become visible to a consumer, and notes when. */
final class MaskWatch implements AutoCloseable {
  /**
   * An outcome as it was seen.
   *
   * @param version that made the mask; 0 for a dead letter or a skip
   * @param skipped whether it is a skip
   * @param sentMillis when the frame was sent, milliseconds since 1970
   * @param seenMillis when its outcome was visible
   */
  record Seen(long version, boolean skipped, long sentMillis, long seenMillis) {
    long latencyMillis() {
      return seenMillis - sentMillis;
    }
  }

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final List<Seen> seen = new ArrayList<>();
  private final Thread thread = new Thread(this::read, "bench-watch");
  private volatile boolean closed;

  MaskWatch(BenchStage stage, IsolationLevel isolation) {
    Properties options = stage.kafka();
    options.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.name().toLowerCase(Locale.ROOT));
    options.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    consumer =
        new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : List.of(stage.topics().masks(), stage.topics().deadLetters())) {
      consumer
          .partitionsFor(topic)
          .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try {
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          note(AvroCodec.decode(record.value()), System.currentTimeMillis());
        }
      }
    } catch (WakeupException e) {
      // close() asks the watch to stop.
    } catch (RuntimeException e) {
      failure.set(e);
    } finally {
      consumer.close();
    }
  }

  private synchronized void note(SpecificRecord value, long now) {
    if (value instanceof Mask mask) {
      seen.add(new Seen(mask.getVersion(), false, mask.getCaptureTime().toEpochMilli(), now));
    } else if (value instanceof Skip skip) {
      seen.add(new Seen(0, true, skip.getCaptureTime().toEpochMilli(), now));
    } else if (value instanceof DeadLetter letter) {
      throw new IllegalStateException("a frame became a dead letter: " + letter.getMessage());
    }
    notifyAll();
  }

  /** What was seen so far, in that order. */
  synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** What was seen after the first {@code from}. */
  synchronized List<Seen> seenFrom(int from) {
    return List.copyOf(seen.subList(from, seen.size()));
  }

  synchronized int count() {
    return seen.size();
  }

  /**
   * Waits until something has been seen.
   *
   * @return whether it was in time
   */
  boolean await(BooleanSupplier what, Duration timeout, BenchJob job) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (!what.getAsBoolean()) {
      RuntimeException failed = failure.get();
      if (failed != null) {
        throw new IllegalStateException("outcomes cannot be read: " + failed.getMessage(), failed);
      }
      job.check();
      if (System.nanoTime() > end) {
        return false;
      }
      synchronized (this) {
        wait(20);
      }
    }
    return true;
  }

  /** Waits until so many outcomes have been seen. */
  void awaitCount(long wanted, Duration timeout, BenchJob job) throws InterruptedException {
    if (!await(() -> count() >= wanted, timeout, job)) {
      throw new IllegalStateException(
          "%d of %d outcomes after %s; the machine is too slow or frames are lost"
              .formatted(count(), wanted, timeout));
    }
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    try {
      thread.join(STOP_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
