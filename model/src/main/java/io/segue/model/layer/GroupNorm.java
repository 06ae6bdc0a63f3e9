package io.segue.model.layer;

import io.segue.model.config.ConfigException;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Normalises each sample over height, width and groups of adjacent channels (Wu and He 2018), with
 * scale and centre a channel. Weights below its key: {@code gamma}, {@code beta}.
 *
 * @param groups number of groups; the channels are a multiple of it
 * @param epsilon added to the variance
 */
public record GroupNorm(int groups, double epsilon) {
  private static final int[] WITHIN_GROUP = {1, 2, 4};

  /** Builds the layer. */
  public Operand<TFloat32> build(Layers layers, String key, Operand<TFloat32> x) {
    Ops tf = layers.tf();
    int channels = Convolution.channels(x);
    if (channels % groups != 0) {
      throw new ConfigException(
          "group norm '%s': %d channels are not a multiple of its %d groups"
              .formatted(key, channels, groups));
    }
    Operand<TInt32> shape = tf.shape(x);
    Operand<TInt32> pixels =
        tf.slice(shape, tf.constant(new int[] {0}), tf.constant(new int[] {3}));
    Operand<TInt32> split = tf.constant(new int[] {groups, channels / groups});
    Operand<TFloat32> grouped = tf.reshape(x, tf.concat(List.of(pixels, split), tf.constant(0)));
    Operand<TInt32> axes = tf.constant(WITHIN_GROUP);
    Operand<TFloat32> centred =
        tf.math.sub(grouped, tf.math.mean(grouped, axes, Mean.keepDims(true)));
    Operand<TFloat32> variance =
        tf.math.mean(tf.math.mul(centred, centred), axes, Mean.keepDims(true));
    Operand<TFloat32> scale = tf.math.rsqrt(tf.math.add(variance, tf.constant((float) epsilon)));
    Operand<TFloat32> normalised = tf.reshape(tf.math.mul(centred, scale), shape);
    Shape size = Shape.of(channels);
    Operand<TFloat32> gamma = layers.weight(key + "/gamma", size, Initializer.ONES, false);
    Operand<TFloat32> beta = layers.weight(key + "/beta", size, Initializer.ZEROS, false);
    return tf.nn.biasAdd(tf.math.mul(normalised, gamma), beta);
  }
}
