package io.segue.model.serve;

import io.segue.model.config.ModelSpec;
import io.segue.model.layer.Resampling;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * How the images of a call come to the network's input size, and logits back to theirs: the
 * reference's {@code resize_and_crop_image} without jitter, in float32 and rounding half to even as
 * it does.
 */
final class ImageFit {
  private final Ops tf;
  private final int height;
  private final int width;
  private final boolean preserved;
  private final Operand<TUint8> images;
  private final Operand<TInt32> original;
  private final Operand<TFloat32> desired;
  private final Operand<TFloat32> scaled;
  private final Operand<TFloat32> scale;

  /**
   * The fit of {@code [batch, any, any, 3]}.
   *
   * @param preserveAspectRatio scale alike in both directions, and pad below and on the right
   */
  ImageFit(Ops tf, ModelSpec spec, Operand<TUint8> images, boolean preserveAspectRatio) {
    this.tf = tf;
    this.height = spec.inputHeight();
    this.width = spec.inputWidth();
    this.preserved = preserveAspectRatio;
    this.images = images;
    original = Resampling.size(tf, images);
    desired = tf.constant(new float[] {height, width});
    Operand<TFloat32> size = tf.dtypes.cast(original, TFloat32.class);
    scaled = preserveAspectRatio ? alike(size) : desired;
    scale = tf.math.div(scaled, size);
  }

  private Operand<TFloat32> alike(Operand<TFloat32> size) {
    Operand<TFloat32> ratio = tf.min(tf.math.div(desired, size), tf.constant(0));
    return tf.math.round(tf.math.mul(size, ratio));
  }

  /** Normalised images of the input size, 0 where padded. */
  Operand<TFloat32> fitted() {
    if (!preserved) {
      Operand<TInt32> input = tf.constant(new int[] {height, width});
      return PlanGraph.normalised(tf, Resampling.bilinear(tf, images, input));
    }
    Operand<TInt32> content = tf.dtypes.cast(scaled, TInt32.class);
    Operand<TFloat32> resized = PlanGraph.normalised(tf, Resampling.bilinear(tf, images, content));
    Operand<TInt32> missing = tf.math.sub(tf.constant(new int[] {height, width}), content);
    Operand<TInt32> none = tf.constant(new int[1]);
    Operand<TInt32> after = tf.concat(List.of(none, missing, none), tf.constant(0));
    Operand<TInt32> paddings =
        tf.stack(List.of(tf.constant(new int[4]), after), org.tensorflow.op.core.Stack.axis(1L));
    return tf.ensureShape(
        tf.pad(resized, paddings, tf.constant(0f)), Shape.of(Shape.UNKNOWN_SIZE, height, width, 3));
  }

  /** Logits of the network's own resolution at the images' size. */
  Operand<TFloat32> rescaled(Operand<TFloat32> logits) {
    if (!preserved) {
      return Resampling.bilinear(tf, logits, original);
    }
    Operand<TInt32> canvas =
        tf.dtypes.cast(tf.math.ceil(tf.math.div(desired, scale)), TInt32.class);
    Operand<TInt32> all = tf.constant(new int[] {-1});
    return tf.slice(
        Resampling.bilinear(tf, logits, canvas),
        tf.constant(new int[4]),
        tf.concat(List.of(all, original, all), tf.constant(0)));
  }

  /** {@code [batch, 4, 2]}: original size, input size, scale, offset. */
  Operand<TFloat32> imageInfo() {
    Operand<TFloat32> one =
        tf.expandDims(
            tf.stack(
                List.of(
                    tf.dtypes.cast(original, TFloat32.class),
                    desired,
                    scale,
                    tf.constant(new float[2]))),
            tf.constant(0));
    Operand<TInt32> batch =
        tf.slice(tf.shape(images), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    return tf.tile(one, tf.concat(List.of(batch, tf.constant(new int[] {1, 1})), tf.constant(0)));
  }
}
