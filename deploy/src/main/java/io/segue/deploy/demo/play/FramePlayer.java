package io.segue.deploy.demo.play;

import io.segue.deploy.demo.footage.Footage;
import io.segue.deploy.demo.footage.Shot;
import io.segue.operators.replay.Part;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Plays footage as frames, all cameras in turn at the same steady rate. A call that comes late
 * catches up; it leaves out nothing. Not thread-safe.
 */
public final class FramePlayer {

  /** Hears of each frame before it is sent. */
  @FunctionalInterface
  public interface Listener {
    void taken(FrameId id, Shot shot, long captureMillis);
  }

  private final Footage footage;
  private final List<String> streams;
  private final String topic;
  private final RecordOutput output;
  private final Listener listener;
  private final double framesPerSecond;
  private final long startMillis;
  private long played;

  /**
   * @param framesPerSecond of each camera, above 0
   * @param startMillis the first frames are due at this time; it is the epoch of their identities
   */
  public FramePlayer(
      Footage footage,
      String topic,
      RecordOutput output,
      Listener listener,
      double framesPerSecond,
      long startMillis) {
    this.footage = footage;
    this.streams = footage.streams();
    this.topic = topic;
    this.output = output;
    this.listener = listener;
    this.framesPerSecond = framesPerSecond;
    this.startMillis = startMillis;
  }

  /**
   * Sends all frames that are due.
   *
   * @return when the next one is due, milliseconds since 1970
   */
  public long advance(long nowMillis) {
    while (dueMillis() <= nowMillis) {
      send(streams.get((int) (played % streams.size())), played / streams.size(), nowMillis);
      played++;
    }
    return dueMillis();
  }

  /** Frames sent so far. */
  public long played() {
    return played;
  }

  private long dueMillis() {
    return startMillis + (long) (1000 * played / (framesPerSecond * streams.size()));
  }

  private void send(String stream, long sequence, long captureMillis) {
    Shot shot = footage.shot(stream, sequence);
    FrameId id = new FrameId(stream, startMillis, sequence);
    listener.taken(id, shot, captureMillis);
    Frame frame =
        Frame.newBuilder()
            .setId(id)
            .setCaptureTime(Instant.ofEpochMilli(captureMillis))
            .setEncoding(shot.encoding())
            .setWidth(shot.width())
            .setHeight(shot.height())
            .setPayload(ByteBuffer.wrap(shot.image()))
            .setAttributes(
                shot.part().map(part -> Map.of(Part.ATTRIBUTE, part.id())).orElse(Map.of()))
            .build();
    output.send(topic, stream, AvroCodec.encode(frame));
  }
}
