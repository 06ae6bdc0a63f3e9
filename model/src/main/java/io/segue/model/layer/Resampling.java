package io.segue.model.layer;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.op.image.ResizeNearestNeighbor;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Changes of a map's height and width, without weights. */
public final class Resampling {
  private static final int[] SPATIAL = {1, 2};

  private Resampling() {}

  /** Bilinear, half-pixel centres, no antialias: {@code tf.image.resize} of TensorFlow 2. */
  public static Operand<TFloat32> bilinear(
      Ops tf, Operand<? extends TNumber> x, Operand<TInt32> size) {
    return tf.image.resizeBilinear(x, size, ResizeBilinear.halfPixelCenters(true));
  }

  /** Nearest neighbour, half-pixel centres. */
  public static Operand<TFloat32> nearest(Ops tf, Operand<TFloat32> x, Operand<TInt32> size) {
    return tf.image.resizeNearestNeighbor(x, size, ResizeNearestNeighbor.halfPixelCenters(true));
  }

  /** Height and width as {@code [2]}: a constant where they are known. */
  public static Operand<TInt32> size(Ops tf, Operand<? extends TNumber> x) {
    Shape shape = x.shape();
    if (shape.get(1) != Shape.UNKNOWN_SIZE && shape.get(2) != Shape.UNKNOWN_SIZE) {
      return tf.constant(new int[] {(int) shape.get(1), (int) shape.get(2)});
    }
    return tf.slice(tf.shape(x), tf.constant(new int[] {1}), tf.constant(new int[] {2}));
  }

  /** Each pixel {@code factor} × {@code factor} times. */
  public static Operand<TFloat32> replicate(Ops tf, Operand<TFloat32> x, int factor) {
    if (factor == 1) {
      return x;
    }
    int channels = Convolution.channels(x);
    Operand<TInt32> size = size(tf, x);
    Operand<TInt32> h = tf.slice(size, tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    Operand<TInt32> w = tf.slice(size, tf.constant(new int[] {1}), tf.constant(new int[] {1}));
    Operand<TInt32> any = tf.constant(new int[] {-1});
    Operand<TInt32> one = tf.constant(new int[] {1});
    Operand<TInt32> depth = tf.constant(new int[] {channels});
    Operand<TInt32> axis = tf.constant(0);
    Operand<TInt32> times = tf.constant(new int[] {factor});
    Operand<TFloat32> apart = tf.reshape(x, tf.concat(List.of(any, h, one, w, one, depth), axis));
    Operand<TFloat32> tiled = tf.tile(apart, tf.constant(new int[] {1, 1, factor, 1, factor, 1}));
    return tf.reshape(
        tiled, tf.concat(List.of(any, tf.math.mul(h, times), tf.math.mul(w, times), depth), axis));
  }

  /** The mean over height and width, kept as 1×1. */
  public static Operand<TFloat32> globalMean(Ops tf, Operand<TFloat32> x) {
    return tf.math.mean(x, tf.constant(SPATIAL), Mean.keepDims(true));
  }

  /** The maximum over height and width, kept as 1×1. */
  public static Operand<TFloat32> globalMax(Ops tf, Operand<TFloat32> x) {
    return tf.max(x, tf.constant(SPATIAL), Max.keepDims(true));
  }

  /** Max pooling with SAME padding. */
  public static Operand<TFloat32> maxPool(Ops tf, Operand<TFloat32> x, int kernel, int stride) {
    return tf.nn.maxPool(
        x,
        tf.constant(new int[] {1, kernel, kernel, 1}),
        tf.constant(new int[] {1, stride, stride, 1}),
        "SAME");
  }

  /** Average pooling; SAME padding is left out of the mean. */
  public static Operand<TFloat32> averagePool(
      Ops tf, Operand<TFloat32> x, List<Integer> kernel, List<Integer> stride, String padding) {
    return tf.nn.avgPool(x, window(kernel), window(stride), padding);
  }

  private static List<Long> window(List<Integer> size) {
    return List.of(1L, (long) size.get(0), (long) size.get(1), 1L);
  }
}
