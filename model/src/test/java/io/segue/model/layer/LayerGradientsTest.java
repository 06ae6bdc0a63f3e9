package io.segue.model.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.checkpoint.Weights;
import io.segue.model.golden.Filler;
import io.segue.model.golden.Sessions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients of every trainable layer against central differences: along a random direction in each
 * weight and in the input. Activations are smooth here, so that differences have a limit.
 *
 * <p>With steps of 1e-2 and float32 sums a difference is right to about 1e-3 of the layer's largest
 * slope; the silently wrong gradient of the dilations attribute is off by more than its own size.
 */
class LayerGradientsTest {
  private static final double STEP = 1e-2;
  private static final double TOLERANCE = 1e-2;
  private static final Shape INPUT = Shape.of(2, 7, 9, 4);

  private static final Norm NORM = new Norm(0.9, 1e-3, true, true);
  private static final NormActivation SMOOTH = new NormActivation(NORM, Activation.SWISH);

  /** Builds one layer on its input. */
  private interface Layer {
    Operand<TFloat32> build(Layers layers, Operand<TFloat32> x);
  }

  @TestFactory
  Stream<DynamicTest> gradientsAgreeWithFiniteDifferences() {
    Map<String, Layer> layers = new LinkedHashMap<>();
    for (int rate : new int[] {2, 3, 6}) {
      layers.put(
          "convolution dilated by " + rate, (l, x) -> l.conv("c", Conv.of(3, 3).dilation(rate), x));
      layers.put(
          "depthwise convolution dilated by " + rate,
          (l, x) -> l.conv("c", Conv.depthwise(3).dilation(rate), x));
    }
    layers.put("convolution", (l, x) -> l.conv("c", Conv.of(3, 3).withBias(), x));
    layers.put("strided convolution", (l, x) -> l.conv("c", Conv.of(3, 3).stride(2), x));
    layers.put("depthwise convolution", (l, x) -> l.conv("c", Conv.depthwise(5).stride(2), x));
    layers.put("separable convolution", (l, x) -> l.conv("c", Conv.separable(3, 3).withBias(), x));
    layers.put("batch norm", (l, x) -> l.norm("n", NORM, x));
    layers.put("frozen batch norm", (l, x) -> l.norm("n", NORM.trainable(false), x));
    layers.put("group norm", (l, x) -> new GroupNorm(2, 1e-3).build(l, "n", x));
    layers.put(
        "dense",
        (l, x) ->
            l.dense(
                "d",
                3,
                Initializer.GLOROT_UNIFORM,
                l.tf().reshape(x, l.tf().constant(new int[] {-1, 7 * 9 * 4}))));
    layers.put(
        "squeeze and excitation",
        (l, x) ->
            new SqueezeExcitation(2, 4, Activation.SWISH, Activation.SIGMOID).build(l, "s", x));
    layers.put(
        "residual block",
        (l, x) -> new ResidualBlock(6, 2, true, 0.25, 0, false, SMOOTH).build(l, "b", x));
    layers.put(
        "dilated bottleneck block",
        (l, x) -> new BottleneckBlock(2, 1, 2, true, true, 0, 0, SMOOTH).build(l, "b", x));
    layers.put(
        "dilated inverted bottleneck block",
        (l, x) ->
            new InvertedBottleneckBlock(4, 4, 3, 1, SMOOTH).dilation(2).build(l, "b", x).output());
    layers.put(
        "depthwise separable block",
        (l, x) -> new DepthwiseSeparableBlock(5, 1, 2, false, SMOOTH).build(l, "b", x));
    layers.put(
        "pyramid pooling",
        (l, x) ->
            new SpatialPyramidPooling(
                    SpatialPyramidPooling.Version.V1,
                    3,
                    List.of(2, 3),
                    Optional.empty(),
                    false,
                    0,
                    SpatialPyramidPooling.Interpolation.BILINEAR,
                    Initializer.GLOROT_UNIFORM,
                    SMOOTH)
                .build(l, "p", x));
    layers.put("pixel replication", (l, x) -> Resampling.replicate(l.tf(), x, 2));
    return layers.entrySet().stream()
        .map(it -> DynamicTest.dynamicTest(it.getKey(), () -> check(it.getValue())));
  }

  private static void check(Layer layer) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf, 3);
      Operand<TFloat32> x = store.variable("input", INPUT, Initializer.ZEROS, true, false).value();
      Operand<TFloat32> y = layer.build(VariableLayers.training(tf, store), x);
      Operand<TFloat32> cotangent =
          tf.constant(y.shape(), DataBuffers.of(Filler.input("cotangent", y.shape(), -1, 1)));
      Operand<TFloat32> loss =
          tf.reduceSum(
              tf.reshape(tf.math.mul(y, cotangent), tf.constant(new int[] {-1})), tf.constant(0));
      List<NetworkVariable> trained =
          store.variables().stream().filter(NetworkVariable::trainable).toList();
      Output<?>[] gradients =
          graph.addGradients(
              loss.asOutput(),
              trained.stream().map(it -> it.value().asOutput()).toArray(Output<?>[]::new));
      try (Session session = Sessions.open(graph)) {
        Weights point = point(store);
        store.load(session, point);
        List<Double> analytic = new ArrayList<>();
        for (int i = 0; i < trained.size(); i++) {
          analytic.add(dot(fetch(session, gradients[i]), direction(trained.get(i))));
        }
        double scale = analytic.stream().mapToDouble(Math::abs).max().orElse(0);
        for (int i = 0; i < trained.size(); i++) {
          NetworkVariable variable = trained.get(i);
          double slope = slope(session, store, point, variable, loss);
          assertThat(Math.abs(analytic.get(i) - slope))
              .as("%s: gradient %s, difference %s", variable.key(), analytic.get(i), slope)
              .isLessThan(TOLERANCE * Math.max(Math.abs(slope), 0.1 * scale));
        }
      }
    }
  }

  private static Weights point(VariableStore store) {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (NetworkVariable it : store.variables()) {
      float[] values =
          it.key().equals("input")
              ? Filler.input("input", INPUT, -1, 1)
              : Filler.weight(it.key(), it.shape(), 1);
      tensors.put(it.key(), new Weights.Tensor(it.shape(), values));
    }
    return Weights.of(tensors);
  }

  private static float[] direction(NetworkVariable variable) {
    return Filler.input("direction/" + variable.key(), variable.shape(), -1, 1);
  }

  /** The five-point difference: its error falls with the fourth power of the step. */
  private static double slope(
      Session session,
      VariableStore store,
      Weights point,
      NetworkVariable variable,
      Operand<TFloat32> loss) {
    double near =
        lossAt(session, store, point, variable, STEP, loss)
            - lossAt(session, store, point, variable, -STEP, loss);
    double far =
        lossAt(session, store, point, variable, 2 * STEP, loss)
            - lossAt(session, store, point, variable, -2 * STEP, loss);
    return (8 * near - far) / (12 * STEP);
  }

  private static double lossAt(
      Session session,
      VariableStore store,
      Weights point,
      NetworkVariable variable,
      double step,
      Operand<TFloat32> loss) {
    float[] values = point.get(variable.key(), variable.shape()).clone();
    float[] direction = direction(variable);
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (step * direction[i]);
    }
    Map<String, Weights.Tensor> moved = new LinkedHashMap<>(point.tensors());
    moved.put(variable.key(), new Weights.Tensor(variable.shape(), values));
    store.load(session, Weights.of(moved));
    return fetch(session, loss)[0];
  }

  private static float[] fetch(Session session, Operand<?> operand) {
    try (Result result = session.runner().fetch(operand).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[(int) tensor.size()];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
