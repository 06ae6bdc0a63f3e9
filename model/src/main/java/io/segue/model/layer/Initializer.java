package io.segue.model.layer;

import java.nio.charset.StandardCharsets;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The distribution that a weight starts from (Keras' initialisers). */
public sealed interface Initializer {
  /** All values 0. */
  Initializer ZEROS = new Constant(0);

  /** All values 1. */
  Initializer ONES = new Constant(1);

  /** The reference's {@code 'VarianceScaling'}: scale 1, fan-in, truncated normal. */
  Initializer VARIANCE_SCALING =
      new VarianceScaling(1, Fan.IN, VarianceScaling.Distribution.TRUNCATED_NORMAL);

  /** Keras' {@code glorot_uniform}. */
  Initializer GLOROT_UNIFORM =
      new VarianceScaling(1, Fan.AVERAGE, VarianceScaling.Distribution.UNIFORM);

  /** What a fan counts: kernel area × channels in, out, or the mean of both. */
  enum Fan {
    /** Kernel area × the last dimension but one. */
    IN,
    /** Kernel area × the last dimension. */
    OUT,
    /** The mean of both. */
    AVERAGE
  }

  /** One value everywhere. */
  record Constant(float value) implements Initializer {
    @Override
    public Operand<TFloat32> sample(Ops tf, Shape shape, long seed, String key) {
      return tf.fill(tf.constant(shape.asArray()), tf.constant(value));
    }
  }

  /** Normal with mean 0. */
  record RandomNormal(double standardDeviation) implements Initializer {
    @Override
    public Operand<TFloat32> sample(Ops tf, Shape shape, long seed, String key) {
      Operand<TFloat32> unit =
          tf.random.statelessRandomNormal(tf.constant(shape.asArray()), seed(tf, seed, key));
      return tf.math.mul(unit, tf.constant((float) standardDeviation));
    }
  }

  /** Variance {@code scale / fan}. */
  record VarianceScaling(double scale, Fan fan, Distribution distribution) implements Initializer {
    /** The standard deviation of a unit normal cut at ±2. */
    private static final double TRUNCATED_DEVIATION = 0.8796256610342398;

    /** The shape of the distribution. */
    public enum Distribution {
      /** Normal, redrawn beyond two standard deviations, widened to keep the variance. */
      TRUNCATED_NORMAL,
      /** Normal. */
      UNTRUNCATED_NORMAL,
      /** Uniform between ±√(3·variance). */
      UNIFORM
    }

    @Override
    public Operand<TFloat32> sample(Ops tf, Shape shape, long seed, String key) {
      double variance = scale / fanOf(shape);
      Operand<TInt32> seeds = seed(tf, seed, key);
      Operand<?> size = tf.constant(shape.asArray());
      return switch (distribution) {
        case TRUNCATED_NORMAL ->
            tf.math.mul(
                tf.random.statelessTruncatedNormal(asNumbers(size), seeds),
                tf.constant((float) (Math.sqrt(variance) / TRUNCATED_DEVIATION)));
        case UNTRUNCATED_NORMAL ->
            tf.math.mul(
                tf.random.statelessRandomNormal(asNumbers(size), seeds),
                tf.constant((float) Math.sqrt(variance)));
        case UNIFORM ->
            tf.math.mul(
                tf.math.sub(
                    tf.math.mul(
                        tf.random.statelessRandomUniform(asNumbers(size), seeds), tf.constant(2f)),
                    tf.constant(1f)),
                tf.constant((float) Math.sqrt(3 * variance)));
      };
    }

    @SuppressWarnings("unchecked")
    private static Operand<org.tensorflow.types.TInt64> asNumbers(Operand<?> size) {
      return (Operand<org.tensorflow.types.TInt64>) size;
    }

    private double fanOf(Shape shape) {
      int rank = shape.numDimensions();
      double area = 1;
      for (int i = 0; i < rank - 2; i++) {
        area *= shape.get(i);
      }
      double in = area * shape.get(rank - 2);
      double out = area * shape.get(rank - 1);
      return switch (fan) {
        case IN -> Math.max(1, in);
        case OUT -> Math.max(1, out);
        case AVERAGE -> Math.max(1, (in + out) / 2);
      };
    }
  }

  /**
   * Draws a weight in the graph; the same {@code seed} and {@code key} draw the same values.
   *
   * @param shape of the weight: {@code [height, width, in, out]} or {@code [in, out]}
   */
  Operand<TFloat32> sample(Ops tf, Shape shape, long seed, String key);

  private static Operand<TInt32> seed(Ops tf, long seed, String key) {
    int hash = 0;
    for (byte each : key.getBytes(StandardCharsets.UTF_8)) {
      hash = hash * 31 + each;
    }
    return tf.constant(new int[] {Long.hashCode(seed), hash});
  }
}
