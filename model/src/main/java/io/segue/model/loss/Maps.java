package io.segue.model.loss;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.op.image.ResizeNearestNeighbor;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Steps that several losses share, on maps {@code [batch, height, width, channels]}. */
final class Maps {
  private Maps() {}

  static int classes(Operand<TFloat32> logits) {
    Shape shape = logits.shape();
    if (shape.numDimensions() != 4 || shape.get(3) == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          "logits of shape %s; a loss needs [batch, height, width, classes] with known classes"
              .formatted(shape));
    }
    return Math.toIntExact(shape.get(3));
  }

  /** Height and width of a map, {@code [2]}. */
  static Operand<TInt32> size(Ops tf, Operand<TFloat32> map) {
    return tf.slice(tf.shape(map), tf.constant(new int[] {1}), tf.constant(new int[] {2}));
  }

  static Operand<TFloat32> bilinear(Ops tf, Operand<TFloat32> map, Operand<TInt32> size) {
    return tf.image.resizeBilinear(map, size, ResizeBilinear.halfPixelCenters(true));
  }

  static Operand<TFloat32> nearest(Ops tf, Operand<TFloat32> map, Operand<TInt32> size) {
    return tf.image.resizeNearestNeighbor(map, size, ResizeNearestNeighbor.halfPixelCenters(true));
  }

  /** Class indices of a float label map, truncated toward zero. */
  static Operand<TInt32> indices(Ops tf, Operand<TFloat32> labels) {
    return tf.dtypes.cast(labels, TInt32.class);
  }

  /** Rows {@code [..., classes]}; all zero where the index is outside {@code [0, classes)}. */
  static Operand<TFloat32> oneHot(Ops tf, Operand<TInt32> indices, int classes) {
    return tf.oneHot(indices, tf.constant(classes), tf.constant(1f), tf.constant(0f));
  }

  static Operand<TFloat32> number(Ops tf, Operand<TBool> condition) {
    return tf.dtypes.cast(condition, TFloat32.class);
  }

  /** The label's only layer, {@code [batch, h, w]}. */
  static <T extends TType> Operand<T> onlyLayer(Ops tf, Operand<T> labels) {
    return tf.squeeze(labels, Squeeze.axis(List.of(3L)));
  }

  static Operand<TFloat32> flat(Ops tf, Operand<TFloat32> values) {
    return tf.reshape(values, tf.constant(new int[] {-1}));
  }

  static Operand<TFloat32> total(Ops tf, Operand<TFloat32> values) {
    return tf.sum(flat(tf, values), tf.constant(0));
  }
}
