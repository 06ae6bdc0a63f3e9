package io.segue.model.serve.form;

import io.segue.model.checkpoint.Weights;
import io.segue.model.layer.Activation;
import io.segue.model.layer.Conv;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.Layers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

/**
 * Builds every operation that a fused form is made of, runs it on this processor, and compares it
 * with the plain ones. An operation that the processor lacks may end the process: run a trial of
 * {@link ServingForm#FUSED_BFLOAT16} in one of its own ({@link FormProof}).
 */
final class FormTrial {
  private static final String IMAGE = "image";
  private static final String INPUT = "input";
  private static final Shape SHAPE = Shape.of(2, 19, 21, 24);

  /** Sums of up to 216 products in another order; and rounded to 8 bits on their way. */
  private static final Map<ServingForm, Double> TOLERANCES =
      Map.of(
          ServingForm.FUSED_FLOAT32, 1e-5,
          ServingForm.MIXED_FLOAT32, 1e-5,
          ServingForm.FUSED_BFLOAT16, 0.03);

  private static final Conv POINTWISE = Conv.of(24, 1).withBias();
  private static final Conv CONV = Conv.of(24, 3).withBias();
  private static final Conv DEPTHWISE = Conv.depthwise(3).withBias();

  /** One operation: activation(conv(x) + x). */
  private record Case(Conv conv, boolean residual, Activation activation) {}

  private static final List<Case> CASES =
      List.of(
          new Case(CONV, false, Activation.IDENTITY),
          new Case(CONV.stride(2), false, Activation.RELU),
          new Case(CONV.valid(), false, Activation.RELU6),
          new Case(CONV.dilation(2), false, Activation.RELU6),
          new Case(CONV.dilation(4), false, Activation.SWISH),
          new Case(Conv.of(33, 3).dilation(2), false, Activation.IDENTITY),
          new Case(POINTWISE, false, Activation.RELU),
          new Case(POINTWISE.stride(2), false, Activation.SWISH),
          new Case(POINTWISE, true, Activation.IDENTITY),
          new Case(POINTWISE, true, Activation.RELU),
          new Case(CONV, true, Activation.RELU6),
          new Case(CONV, true, Activation.SWISH),
          new Case(DEPTHWISE, false, Activation.IDENTITY),
          new Case(DEPTHWISE.stride(2), false, Activation.RELU),
          new Case(DEPTHWISE.dilation(2), false, Activation.RELU6),
          new Case(DEPTHWISE.dilation(3), false, Activation.SWISH),
          new Case(Conv.depthwise(5).dilation(2), false, Activation.IDENTITY));

  private FormTrial() {}

  /** What does not agree; empty if everything does. */
  static Optional<String> run(ServingForm form) {
    Map<String, float[]> wanted = results(ServingForm.PLAIN_FLOAT32);
    Map<String, float[]> given = results(form);
    double tolerance = TOLERANCES.getOrDefault(form, 0.0);
    for (Map.Entry<String, float[]> it : wanted.entrySet()) {
      double deviation = deviation(it.getValue(), given.getOrDefault(it.getKey(), new float[0]));
      if (!(deviation <= tolerance)) {
        return Optional.of(
            "%s deviates by %.2g of its largest value, %.2g is allowed"
                .formatted(it.getKey(), deviation, tolerance));
      }
    }
    return Optional.empty();
  }

  private static double deviation(float[] wanted, float[] given) {
    double largest = 0;
    double difference = given.length == wanted.length ? 0 : Double.NaN;
    for (int i = 0; i < Math.min(wanted.length, given.length); i++) {
      largest = Math.max(largest, Math.abs(wanted[i]));
      difference = Math.max(difference, Math.abs(wanted[i] - given[i]));
    }
    return difference / largest;
  }

  /** The graph of all operations in a form. */
  static Graph graph(ServingForm form) {
    try (Graph plain = new Graph()) {
      Ops tf = Ops.create(plain);
      Layers layers = new FrozenLayers(tf, weights(), form != ServingForm.PLAIN_FLOAT32);
      // Not a constant: TensorFlow would compute all that hangs on it before it runs the graph.
      Operand<TFloat32> x =
          tf.withName(INPUT)
              .identity(tf.withName(IMAGE).placeholder(TFloat32.class, Placeholder.shape(SHAPE)));
      for (int i = 0; i < CASES.size(); i++) {
        Case it = CASES.get(i);
        Operand<TFloat32> y = layers.conv("" + i, it.conv(), x);
        y = it.residual() ? tf.math.add(y, x) : y;
        tf.withName(name(i)).identity(it.activation().apply(tf, y));
      }
      return form.imported(plain, Set.of(INPUT), Set.copyOf(names()));
    }
  }

  private static Map<String, float[]> results(ServingForm form) {
    Map<String, float[]> results = new LinkedHashMap<>();
    try (Result fetched = executed(form)) {
      for (int i = 0; i < CASES.size(); i++) {
        results.put(
            name(i) + " " + CASES.get(i),
            Weights.Tensor.copyOf((TFloat32) fetched.get(i)).values());
      }
    }
    return results;
  }

  /** Whether TensorFlow runs the convolutions of the mixed form by kernels of its own. */
  static boolean gathers() {
    try (Result result = executed(ServingForm.MIXED_FLOAT32)) {
      return FusedOps.gathers(
          result.getMetadata().orElseThrow().getPartitionGraphsList().stream()
              .flatMap(it -> it.getNodeList().stream()));
    }
  }

  /** The results of all cases, and with them the graph that TensorFlow made of theirs. */
  private static Result executed(ServingForm form) {
    RunOptions options = RunOptions.newBuilder().setOutputPartitionGraphs(true).build();
    try (Graph graph = graph(form);
        Session session = new Session(graph, ServingForm.unoptimised(Devices.CONFIG));
        TFloat32 image = TFloat32.tensorOf(SHAPE, DataBuffers.of(values(SHAPE, 1)))) {
      Session.Runner runner = session.runner().setOptions(options).feed(IMAGE, image);
      names().forEach(runner::fetch);
      return runner.runAndFetchMetadata();
    }
  }

  static String name(int index) {
    return "case_" + index;
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < CASES.size(); i++) {
      names.add(name(i));
    }
    return names;
  }

  private static Weights weights() {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < CASES.size(); i++) {
      Conv conv = CASES.get(i).conv();
      boolean depthwise = conv.kind() == Conv.Kind.DEPTHWISE;
      long in = SHAPE.get(-1);
      long out = depthwise ? 1 : conv.filters();
      Shape kernel = Shape.of(conv.kernelHeight(), conv.kernelWidth(), in, out);
      tensors.put(
          i + (depthwise ? "/depthwise_kernel" : "/kernel"),
          new Weights.Tensor(kernel, values(kernel, i)));
      Shape bias = Shape.of(depthwise ? in : out);
      tensors.put(i + "/bias", new Weights.Tensor(bias, values(bias, -i)));
    }
    return Weights.of(tensors);
  }

  private static float[] values(Shape shape, long seed) {
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
