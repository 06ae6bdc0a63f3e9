package io.segue.operators.segment;

import io.segue.model.config.Plan;
import io.segue.model.config.Taxonomy;
import io.segue.schemas.avro.DeadLetterCause;

/** What the engine made of a frame. */
sealed interface FrameResult {
  /**
   * A mask.
   *
   * @param version that made it: the one asked for, or another where that one cannot be had
   * @param mask indexed PNG
   * @param margin mean gap of the two most probable classes, 0 to 1; NaN if not measured
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Segmented(
      long version, Plan plan, Taxonomy taxonomy, int width, int height, byte[] mask, float margin)
      implements FrameResult {}

  /** The frame is at fault. */
  record Refused(DeadLetterCause cause, String message) implements FrameResult {}

  /**
   * The frame was too old when its turn came.
   *
   * @param lateMillis by how much it had missed its time
   */
  record Skipped(long lateMillis) implements FrameResult {}
}
