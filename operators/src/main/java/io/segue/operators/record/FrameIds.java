package io.segue.operators.record;

import io.segue.schemas.avro.FrameId;

/** The identity of a frame as text: a state key, a name in files and messages. */
public final class FrameIds {
  private FrameIds() {}

  /** The identity within its stream, such as {@code 1700000000000/42}. */
  public static String withinStream(FrameId id) {
    return id.getEpoch() + "/" + id.getSequence();
  }

  /** The whole identity, such as {@code camera-1/1700000000000/42}; distinct for distinct ids. */
  public static String text(FrameId id) {
    return id.getStreamId() + "/" + withinStream(id);
  }
}
