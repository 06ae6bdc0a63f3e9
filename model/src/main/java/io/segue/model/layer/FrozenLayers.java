package io.segue.model.layer;

import io.segue.model.checkpoint.Weights;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Layers on constants: the graph that serves. Batch norm behind a convolution or a dense layer is
 * folded into its kernel and bias (w·γ/√(σ²+ε), β − μ·γ/√(σ²+ε), in float64), dilation is an
 * attribute, and taps that only meet padding are left out. Gradients of this graph are wrong: train
 * with {@link VariableLayers}.
 *
 * <p>A network may be built several times with one instance; the constants are shared.
 */
public final class FrozenLayers implements Layers {
  private final Ops tf;
  private final Weights weights;
  private final boolean dilatesDepthwise;
  private final Map<String, Operand<TFloat32>> constants = new HashMap<>();

  /** Layers in the graph of {@code tf} that take their weights from {@code weights}. */
  public FrozenLayers(Ops tf, Weights weights) {
    this(tf, weights, false);
  }

  /**
   * The same.
   *
   * @param dilatesDepthwise writes the dilation of depthwise convolutions as an attribute too,
   *     which TensorFlow's plain CPU kernel refuses: for a graph in which another one takes its
   *     place
   */
  public FrozenLayers(Ops tf, Weights weights, boolean dilatesDepthwise) {
    this.tf = tf;
    this.weights = weights;
    this.dilatesDepthwise = dilatesDepthwise;
  }

  /** y = x · scale + shift of each channel. */
  private static final class Affine {
    private final double[] scale;
    private final double[] shift;

    Affine(double[] scale, double[] shift) {
      this.scale = scale;
      this.shift = shift;
    }
  }

  @Override
  public Ops tf() {
    return tf;
  }

  @Override
  public boolean training() {
    return false;
  }

  @Override
  public Operand<TFloat32> weight(
      String key, Shape shape, Initializer initializer, boolean regularised) {
    return constant(key, shape, weights.get(key, shape));
  }

  @Override
  public Operand<TFloat32> conv(String key, Conv conv, Operand<TFloat32> x) {
    Convolution convolution = Convolution.of(conv, Convolution.channels(x));
    Operand<TFloat32> y = x;
    for (Convolution.Step step : convolution.steps()) {
      y = forward(key, step, weights.get(key + "/" + step.leaf(), step.kernelShape()), y);
    }
    return conv.bias()
        ? tf.nn.biasAdd(
            y, weight(key + "/bias", Shape.of(convolution.channelsOut()), Initializer.ZEROS, false))
        : y;
  }

  @Override
  public Operand<TFloat32> convNorm(
      String convKey, Conv conv, String normKey, Norm norm, Operand<TFloat32> x) {
    Convolution convolution = Convolution.of(conv, Convolution.channels(x));
    Affine affine = affine(normKey, norm, convolution.channelsOut());
    List<Convolution.Step> steps = convolution.steps();
    Operand<TFloat32> y = x;
    for (int i = 0; i < steps.size(); i++) {
      Convolution.Step step = steps.get(i);
      float[] kernel = weights.get(convKey + "/" + step.leaf(), step.kernelShape());
      boolean last = i == steps.size() - 1;
      y = forward(convKey, step, last ? scaled(kernel, affine.scale) : kernel, y);
    }
    return tf.nn.biasAdd(y, foldedBias(convKey, conv.bias(), affine));
  }

  private Operand<TFloat32> forward(
      String key, Convolution.Step whole, float[] kernel, Operand<TFloat32> x) {
    LiveKernel live = LiveKernel.of(whole, x.shape());
    Convolution.Step step = live.step();
    return step.forward(
        tf,
        x,
        constant(key + "/" + step.leaf(), step.kernelShape(), live.values(kernel)),
        dilatesDepthwise);
  }

  /** The kernel with each output channel scaled; the channel is the fastest index. */
  private static float[] scaled(float[] kernel, double[] scale) {
    float[] folded = new float[kernel.length];
    for (int row = 0; row < kernel.length; row += scale.length) {
      for (int channel = 0; channel < scale.length; channel++) {
        folded[row + channel] = (float) (kernel[row + channel] * scale[channel]);
      }
    }
    return folded;
  }

  private Operand<TFloat32> foldedBias(String key, boolean biased, Affine affine) {
    int channels = affine.scale.length;
    Shape shape = Shape.of(channels);
    float[] bias = biased ? weights.get(key + "/bias", shape) : new float[channels];
    float[] folded = new float[channels];
    for (int c = 0; c < channels; c++) {
      folded[c] = (float) (bias[c] * affine.scale[c] + affine.shift[c]);
    }
    return constant(key + "/bias", shape, folded);
  }

  private Affine affine(String key, Norm norm, int channels) {
    Shape shape = Shape.of(channels);
    float[] gamma = weights.get(key + "/gamma", shape);
    float[] beta = weights.get(key + "/beta", shape);
    float[] mean = weights.get(key + "/moving_mean", shape);
    float[] variance = weights.get(key + "/moving_variance", shape);
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int c = 0; c < channels; c++) {
      scale[c] = gamma[c] / Math.sqrt(variance[c] + norm.epsilon());
      shift[c] = beta[c] - mean[c] * scale[c];
    }
    return new Affine(scale, shift);
  }

  @Override
  public Operand<TFloat32> norm(String key, Norm norm, Operand<TFloat32> x) {
    int channels = Convolution.channels(x);
    Affine affine = affine(key, norm, channels);
    float[] ones = new float[channels];
    Arrays.fill(ones, 1);
    Shape shape = Shape.of(channels);
    Operand<TFloat32> scale = constant(key + "/scale", shape, scaled(ones, affine.scale));
    return tf.nn.biasAdd(tf.math.mul(x, scale), foldedBias(key, false, affine));
  }

  @Override
  public Operand<TFloat32> dropout(double rate, Operand<TFloat32> x) {
    return x;
  }

  @Override
  public Operand<TFloat32> stochasticDepth(double rate, Operand<TFloat32> x) {
    return x;
  }

  private Operand<TFloat32> constant(String key, Shape shape, float[] values) {
    return constants.computeIfAbsent(key, it -> tf.constant(shape, DataBuffers.of(values)));
  }
}
