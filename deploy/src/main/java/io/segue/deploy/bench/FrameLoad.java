package io.segue.deploy.bench;

import io.segue.deploy.demo.play.KafkaOutput;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.ImageEncoding;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * Cameras that take frames in turn, at a steady rate or as many as are asked for at once. The
 * capture time of a frame is the moment at which it is sent.
 */
final class FrameLoad implements AutoCloseable {
  static final int STREAMS = 8;
  static final long EPOCH = 1;

  private static final int JOIN_MILLIS = 10_000;

  private final BenchPictures pictures;
  private final String topic;
  private final KafkaOutput output;
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private volatile long sent;
  private volatile double framesPerSecond;
  private @Nullable Thread camera;

  FrameLoad(BenchStage stage, BenchPictures pictures) {
    this.pictures = pictures;
    this.topic = stage.topics().frames();
    Properties kafka = stage.kafka();
    kafka.put(ProducerConfig.LINGER_MS_CONFIG, "0");
    this.output = new KafkaOutput(kafka);
  }

  static String stream(long index) {
    return "camera-" + index % STREAMS;
  }

  /** Sends frames at once and waits until the broker has them. */
  void send(int frames) {
    for (int i = 0; i < frames; i++) {
      send();
    }
    output.flush();
  }

  private void send() {
    long index = sent;
    long sequence = index / STREAMS;
    FrameId id = new FrameId(stream(index), EPOCH, sequence);
    Frame frame =
        Frame.newBuilder()
            .setId(id)
            .setCaptureTime(Instant.ofEpochMilli(System.currentTimeMillis()))
            .setEncoding(ImageEncoding.JPEG)
            .setWidth(pictures.width())
            .setHeight(pictures.height())
            .setPayload(ByteBuffer.wrap(pictures.jpegOf(sequence)))
            .build();
    output.send(topic, id.getStreamId(), AvroCodec.encode(frame));
    sent = index + 1;
  }

  /** Starts to send at a steady rate, over all streams together. */
  void start(double rate) {
    framesPerSecond = rate;
    Thread thread = new Thread(this::run, "bench-cameras");
    thread.setDaemon(true);
    camera = thread;
    thread.start();
  }

  private void run() {
    try {
      long began = System.nanoTime();
      double rate = framesPerSecond;
      for (long i = 0; framesPerSecond > 0; i++) {
        long due = began + (long) (i * 1e9 / rate);
        for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
          LockSupport.parkNanos(due - now);
        }
        send();
      }
      output.flush();
    } catch (RuntimeException e) {
      failure.set(e);
    }
  }

  /** Stops sending; what was sent is with the broker. */
  void stop() throws InterruptedException {
    framesPerSecond = 0;
    Thread thread = camera;
    if (thread != null) {
      thread.join(JOIN_MILLIS);
    }
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("frames cannot be sent any longer", failed);
    }
  }

  /** Frames sent so far. */
  long sent() {
    return sent;
  }

  @Override
  public void close() {
    framesPerSecond = 0;
    output.close();
  }
}
