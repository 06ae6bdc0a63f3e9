package io.segue.model.layer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.op.random.RandomUniform;
import org.tensorflow.types.TFloat32;

/**
 * Layers on variables: the graph that trains, and the graph that evaluates what is being trained.
 *
 * <pre>{@code
 * Ops tf = Ops.create(graph);
 * VariableStore store = new VariableStore(tf, seed);
 * VariableLayers layers = VariableLayers.training(tf, store);
 * Operand<TFloat32> logits = SegmentationModel.of(config).build(layers, image).logits();
 * … loss; gradients with respect to store.variables() that are trainable() …
 * session.run(store.initializer());               // once
 * session.runner().addTarget(apply) and, with it, each of layers.updates();   // every step
 * Weights trained = store.read(session);          // or store.load(session, weights)
 * }</pre>
 *
 * <p>Dilated convolutions go through SpaceToBatchND, a plain convolution and BatchToSpaceND,
 * because TensorFlow's C++ gradient of the {@code dilations} attribute is silently wrong.
 */
public final class VariableLayers implements Layers {
  private final Ops tf;
  private final VariableStore store;
  private final boolean training;
  private final List<Op> updates = new ArrayList<>();
  private long draws;

  private VariableLayers(Ops tf, VariableStore store, boolean training) {
    this.tf = tf;
    this.store = store;
    this.training = training;
  }

  /** Layers that normalise by batch statistics, drop out, and collect {@link #updates}. */
  public static VariableLayers training(Ops tf, VariableStore store) {
    return new VariableLayers(tf, store, true);
  }

  /** Layers that infer with the moving statistics; share {@code store} with a training graph. */
  public static VariableLayers evaluation(Ops tf, VariableStore store) {
    return new VariableLayers(tf, store, false);
  }

  /**
   * The assignments of new moving statistics, to be run with each training step. They read the
   * batch statistics of that step.
   */
  public List<Op> updates() {
    return Collections.unmodifiableList(updates);
  }

  @Override
  public Ops tf() {
    return tf;
  }

  @Override
  public boolean training() {
    return training;
  }

  @Override
  public Operand<TFloat32> weight(
      String key, Shape shape, Initializer initializer, boolean regularised) {
    return store.variable(key, shape, initializer, true, regularised).value();
  }

  @Override
  public Operand<TFloat32> conv(String key, Conv conv, Operand<TFloat32> x) {
    Convolution convolution = Convolution.of(conv, Convolution.channels(x));
    Operand<TFloat32> y = x;
    for (Convolution.Step step : convolution.steps()) {
      Operand<TFloat32> kernel =
          weight(
              key + "/" + step.leaf(), step.kernelShape(), conv.initializer(), conv.regularised());
      y = step.differentiable(tf, y, kernel);
    }
    if (conv.bias()) {
      Shape shape = Shape.of(convolution.channelsOut());
      y = tf.nn.biasAdd(y, weight(key + "/bias", shape, Initializer.ZEROS, false));
    }
    return y;
  }

  @Override
  public Operand<TFloat32> convNorm(
      String convKey, Conv conv, String normKey, Norm norm, Operand<TFloat32> x) {
    return norm(normKey, norm, conv(convKey, conv, x));
  }

  @Override
  public Operand<TFloat32> norm(String key, Norm norm, Operand<TFloat32> x) {
    if (x.shape().numDimensions() == 2) {
      Operand<TFloat32> map = tf.expandDims(tf.expandDims(x, tf.constant(1)), tf.constant(1));
      Operand<TFloat32> y = normalise(key, norm, map, true);
      return tf.squeeze(y, org.tensorflow.op.core.Squeeze.axis(List.of(1L, 2L)));
    }
    return normalise(key, norm, x, norm.synchronised());
  }

  private Operand<TFloat32> normalise(
      String key, Norm norm, Operand<TFloat32> x, boolean biasedVariance) {
    Shape shape = Shape.of(Convolution.channels(x));
    boolean trains = norm.trainable();
    Operand<TFloat32> gamma =
        store.variable(key + "/gamma", shape, Initializer.ONES, trains, false).value();
    Operand<TFloat32> beta =
        store.variable(key + "/beta", shape, Initializer.ZEROS, trains, false).value();
    NetworkVariable mean =
        store.variable(key + "/moving_mean", shape, Initializer.ZEROS, false, false);
    NetworkVariable variance =
        store.variable(key + "/moving_variance", shape, Initializer.ONES, false, false);
    boolean batchStatistics = training && trains;
    FusedBatchNorm<TFloat32, TFloat32> fused =
        tf.nn.fusedBatchNorm(
            x,
            gamma,
            beta,
            mean.value(),
            variance.value(),
            FusedBatchNorm.epsilon((float) norm.epsilon()),
            FusedBatchNorm.exponentialAvgFactor(1f),
            FusedBatchNorm.isTraining(batchStatistics));
    if (batchStatistics) {
      Operand<TFloat32> batchVariance =
          biasedVariance
              ? tf.math.mul(fused.batchVariance(), biasedShare(x))
              : fused.batchVariance();
      move(mean, fused.batchMean(), norm.momentum());
      move(variance, batchVariance, norm.momentum());
    }
    return fused.y();
  }

  /** (N - 1) / N, which turns the unbiased variance of N pixels into the biased one. */
  private Operand<TFloat32> biasedShare(Operand<TFloat32> x) {
    Operand<TFloat32> sizes = tf.dtypes.cast(tf.shape(x), TFloat32.class);
    Operand<TFloat32> pixels =
        tf.reduceProd(
            tf.slice(sizes, tf.constant(new int[] {0}), tf.constant(new int[] {3})),
            tf.constant(0));
    return tf.math.div(tf.math.sub(pixels, tf.constant(1f)), pixels);
  }

  private void move(NetworkVariable average, Operand<TFloat32> batch, double momentum) {
    Operand<TFloat32> kept = tf.math.mul(average.value(), tf.constant((float) momentum));
    Operand<TFloat32> added = tf.math.mul(batch, tf.constant((float) (1 - momentum)));
    updates.add(tf.assignVariableOp(average.handle(), tf.math.add(kept, added)));
  }

  @Override
  public Operand<TFloat32> dropout(double rate, Operand<TFloat32> x) {
    if (!training || rate == 0) {
      return x;
    }
    return keep(1 - rate, x, tf.shape(x));
  }

  @Override
  public Operand<TFloat32> stochasticDepth(double rate, Operand<TFloat32> x) {
    if (!training || rate == 0) {
      return x;
    }
    Operand<org.tensorflow.types.TInt32> batch =
        tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    return keep(
        1 - rate, x, tf.concat(List.of(batch, tf.constant(new int[] {1, 1, 1})), tf.constant(0)));
  }

  private Operand<TFloat32> keep(
      double share, Operand<TFloat32> x, Operand<org.tensorflow.types.TInt32> drawn) {
    draws++;
    Operand<TFloat32> uniform =
        tf.random.randomUniform(
            drawn, TFloat32.class, RandomUniform.seed(store.seed()), RandomUniform.seed2(draws));
    Operand<TFloat32> mask = tf.math.floor(tf.math.add(uniform, tf.constant((float) share)));
    return tf.math.mul(tf.math.div(x, tf.constant((float) share)), mask);
  }
}
