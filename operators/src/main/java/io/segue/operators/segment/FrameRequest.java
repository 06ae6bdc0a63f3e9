package io.segue.operators.segment;

import io.segue.model.config.Plan;
import java.nio.ByteBuffer;

/**
 * One frame to be segmented.
 *
 * @param name of the frame, for messages
 * @param stream of the frame
 * @param version that is to serve it
 * @param plan by which it is inferred
 * @param width pixels; 0 where only the payload says
 * @param height pixels; 0 where only the payload says
 * @param bestBefore time in milliseconds since 1970 after which the frame is skipped when its turn
 *     comes; {@link Long#MAX_VALUE} where it is served at any age
 * @param payload the encoded image
 */
record FrameRequest(
    String name,
    String stream,
    long version,
    Plan plan,
    int width,
    int height,
    long bestBefore,
    Payload payload) {
  /** An encoded image, where it is. */
  @FunctionalInterface
  interface Payload {
    /**
     * The encoded bytes; may read from a file system.
     *
     * @throws FrameRefusedException if they cannot be had
     */
    ByteBuffer fetch() throws FrameRefusedException;
  }
}
