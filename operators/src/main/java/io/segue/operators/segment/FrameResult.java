package io.segue.operators.segment;

import io.segue.model.config.Plan;
import io.segue.model.config.Taxonomy;
import io.segue.model.serve.Segmentation;
import io.segue.schemas.avro.DeadLetterCause;

/** What the engine made of a frame. */
sealed interface FrameResult {
  /**
   * A mask.
   *
   * @param version that made it: the one asked for, or another where that one cannot be had
   * @param mask indexed PNG
   * @param certainty how sure the model is of it
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Segmented(
      long version,
      Plan plan,
      Taxonomy taxonomy,
      int width,
      int height,
      byte[] mask,
      Certainty certainty)
      implements FrameResult {}

  /**
   * How sure a model is of a whole mask; NaN each that was not measured.
   *
   * @param margin mean gap of the two most probable classes, 0 to 1
   * @param entropy mean entropy of the probabilities, in nats
   * @param variance mean variance of the probabilities over the branches of the plan
   */
  record Certainty(float margin, float entropy, float variance) {
    static Certainty of(Segmentation segmentation, int index) {
      return new Certainty(
          segmentation.margin(index), segmentation.entropy(index), segmentation.variance(index));
    }
  }

  /** The frame is at fault. */
  record Refused(DeadLetterCause cause, String message) implements FrameResult {}

  /**
   * The frame was too old when its turn came.
   *
   * @param lateMillis by how much it had missed its time
   */
  record Skipped(long lateMillis) implements FrameResult {}
}
