package io.segue.model.serve;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.form.Precision;
import java.nio.ByteBuffer;
import java.util.OptionalDouble;

/**
 * One version of a model, loaded and ready. Thread-safe: calls may overlap. After {@link #close}
 * all native memory is returned; calls in flight are waited for, later ones fail with {@link
 * IllegalStateException}.
 */
public interface ServingModel extends AutoCloseable {
  /** What the model was built from. */
  ModelSpec spec();

  /**
   * Segments a batch of frames of one size under one plan.
   *
   * @param rgb a direct buffer whose remaining bytes are at least {@code [batch, height, width, 3]}
   *     uint8, red first; read from its position, which is left as it is
   * @param batch frames, 1 to {@link #maxBatchSize}
   * @param height of each frame, in pixels
   * @param width of each frame, in pixels
   * @param plan the first call with a new plan builds its graph, which takes a while
   * @return masks of the frames' own size; the caller closes it
   * @throws IllegalArgumentException if {@code rgb} is not direct or too short, or a scale of the
   *     plan makes the input smaller than the network's stride
   */
  Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan);

  /**
   * What the model thinks of each pixel: probabilities, and how sure it is. Takes more time and
   * memory than {@link #segment}.
   *
   * @param rgb as for {@link #segment}
   * @param batch frames, 1 or more
   * @param height of each frame, in pixels
   * @param width of each frame, in pixels
   * @param plan how the frames are inferred
   * @throws UnsupportedOperationException if this model gives masks alone
   */
  default PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    throw new UnsupportedOperationException(
        "model '" + spec().name() + "' gives masks alone; use one that Segue built");
  }

  /**
   * Refuses a plan that no frame can be inferred under, without building anything.
   *
   * @throws IllegalArgumentException if a scale of the plan makes the input smaller than the
   *     network's stride, or the model serves under other plans alone
   */
  default void requireFits(Plan plan) {}

  /** In what numbers it serves now: never {@link Precision#AUTO}. */
  default Precision precision() {
    return Precision.FLOAT32;
  }

  /**
   * Segments frames before the model serves, with masks as {@link #segment} makes them. Computes on
   * the calling thread as far as the engine allows it, so that a thread of low priority leaves the
   * processor to models that serve.
   *
   * @param rgb as for {@link #segment}
   * @param batch frames, 1 or more
   * @param height of each frame, in pixels
   * @param width of each frame, in pixels
   * @param plan how the frames are inferred
   */
  default Segmentation warm(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    return segment(rgb, batch, height, width, plan);
  }

  /**
   * Compares masks with what the model makes of the same frames in float32, and goes over to
   * float32 for good if too few pixels agree. Takes the time and memory of a further graph, on the
   * calling thread as {@link #warm} does.
   *
   * @param masks that {@link #warm} made in the numbers in which the model serves now
   * @param rgb the frames, as for {@link #segment}
   * @param batch frames, 1 or more
   * @param height of each frame, in pixels
   * @param width of each frame, in pixels
   * @param plan how the frames were inferred
   * @param least share of equal pixels, 0 to 1, below which it goes over
   * @return the share of equal pixels; empty where the model serves in float32 already
   */
  default OptionalDouble settle(
      Segmentation masks,
      ByteBuffer rgb,
      int batch,
      int height,
      int width,
      Plan plan,
      double least) {
    return OptionalDouble.empty();
  }

  /** The most frames that one call of {@link #segment} takes, 1 or more. */
  default int maxBatchSize() {
    return Integer.MAX_VALUE;
  }

  /**
   * Whether the engine prepares itself for each batch size, so that the first batch of a size takes
   * longer than those after it.
   */
  default boolean preparesForBatchSize() {
    return true;
  }

  @Override
  void close();
}
