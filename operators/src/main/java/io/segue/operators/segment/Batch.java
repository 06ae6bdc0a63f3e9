package io.segue.operators.segment;

import io.segue.model.config.Plan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Frames of one version, plan and size that are inferred together, and the buffer that holds their
 * pixels. Guarded by its engine.
 */
final class Batch {
  /** What all frames of a batch have in common. */
  record Key(LoadedVersion version, Plan plan, int width, int height) {
    int frameBytes() {
      return 3 * width * height;
    }
  }

  private final Key key;
  private final int capacity;
  private final ByteBuffer pixels;
  private final long created;
  private final List<FrameTask> slots = new ArrayList<>();
  private int decoding;
  private boolean overtaken;

  /**
   * @param pixels direct, capacity × frame bytes or more
   * @param created nanoseconds
   */
  Batch(Key key, int capacity, ByteBuffer pixels, long created) {
    this.key = key;
    this.capacity = capacity;
    this.pixels = pixels;
    this.created = created;
  }

  Key key() {
    return key;
  }

  ByteBuffer pixels() {
    return pixels;
  }

  long created() {
    return created;
  }

  int capacity() {
    return capacity;
  }

  boolean isFull() {
    return slots.size() == capacity;
  }

  /** Whether a later batch was inferred before this one. */
  boolean isOvertaken() {
    return overtaken;
  }

  void overtake() {
    overtaken = true;
  }

  boolean isEmpty() {
    return slots.isEmpty();
  }

  /** Whether all pixels that will come are there. */
  boolean isDecoded() {
    return decoding == 0;
  }

  /** Adds a frame and returns where its pixels belong. */
  ByteBuffer add(FrameTask task) {
    int slot = slots.size();
    slots.add(task);
    decoding++;
    return pixels.slice(slot * key.frameBytes(), key.frameBytes());
  }

  void decoded() {
    decoding--;
  }

  /** The frames that are still to be inferred, their pixels moved together in front. */
  List<FrameTask> close() {
    List<FrameTask> live = new ArrayList<>();
    for (int slot = 0; slot < slots.size(); slot++) {
      FrameTask task = slots.get(slot);
      if (!task.isDone()) {
        if (live.size() < slot) {
          int bytes = key.frameBytes();
          pixels.put(live.size() * bytes, pixels, slot * bytes, bytes);
        }
        live.add(task);
      }
    }
    return live;
  }

  /** The pixels from the {@code slot}-th frame on, after {@link #close}. */
  ByteBuffer pixelsFrom(int slot) {
    int from = slot * key.frameBytes();
    return pixels.slice(from, pixels.capacity() - from);
  }
}
