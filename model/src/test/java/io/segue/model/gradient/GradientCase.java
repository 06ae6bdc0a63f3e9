package io.segue.model.gradient;

import io.segue.model.checkpoint.Weights;
import io.segue.model.golden.Filler;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One construct on inputs of its own, in training. Its gradient with respect to every weight and
 * every input is compared.
 *
 * @param name of the case
 * @param subjects the classes whose operations it runs
 * @param inputs shapes by name
 * @param construct builds the operations
 * @param mode what of the construct is derived
 * @param check how closely
 */
record GradientCase(
    String name,
    Set<Class<?>> subjects,
    Map<String, Shape> inputs,
    Construct construct,
    Mode mode,
    GradientCheck check) {

  /** What is derived, and whether batch norm uses the batch's statistics. */
  enum Mode {
    /** Everything, in training. */
    TRAINING,
    /** The weights alone, in training: no gradient reaches the inputs, by design. */
    STOPPED,
    /**
     * Everything, with moving statistics: those of a batch blow up the kinks of a deep network,
     * where hardly any pixel of a channel is active.
     */
    MOVING_STATISTICS,
    /** The same, of the inputs alone: through a network that is too large to move by layer. */
    INPUTS
  }

  /** Builds operations and gives what they give. */
  interface Construct {
    List<Operand<TFloat32>> build(Layers layers, FeatureMaps inputs);
  }

  /** One input to one output. */
  interface Layer {
    Operand<TFloat32> build(Layers layers, Operand<TFloat32> x);
  }

  private static final String X = "x";
  private static final String INPUT = "input/";

  static GradientCase of(String name, Shape input, Layer layer, Class<?>... subjects) {
    return of(
        name, Map.of(X, input), (layers, in) -> List.of(layer.build(layers, in.get(X))), subjects);
  }

  static GradientCase of(
      String name, Map<String, Shape> inputs, Construct construct, Class<?>... subjects) {
    return new GradientCase(
        name,
        new HashSet<>(Arrays.asList(subjects)),
        inputs,
        construct,
        Mode.TRAINING,
        GradientCheck.SMOOTH);
  }

  GradientCase with(GradientCheck how) {
    return new GradientCase(name, subjects, inputs, construct, mode, how);
  }

  /** With kinks between smooth pieces. */
  GradientCase inPieces() {
    return with(GradientCheck.IN_PIECES);
  }

  GradientCase byLayer() {
    return with(check.ofLayers());
  }

  /** With random draws in training. */
  GradientCase drawing() {
    return with(check.ofDraws());
  }

  GradientCase in(Mode how) {
    return new GradientCase(name, subjects, inputs, construct, how, check);
  }

  void run() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf, 3);
      Map<String, Operand<TFloat32>> built = new LinkedHashMap<>();
      Map<String, float[]> point = new LinkedHashMap<>();
      inputs.forEach(
          (input, shape) -> {
            String key = INPUT + input;
            built.put(input, variable(store, key, shape));
            point.put(key, Filler.input(key, shape, -1, 1));
          });
      List<Operand<TFloat32>> outputs = construct.build(layers(tf, store), FeatureMaps.of(built));
      Operand<TFloat32> loss = loss(tf, outputs);
      List<NetworkVariable> reached = reached(graph, store, loss);
      Output<?>[] gradients =
          graph.addGradients(
              loss.asOutput(),
              reached.stream().map(it -> it.value().asOutput()).toArray(Output<?>[]::new));
      check.compare(graph, store, start(store, point), loss, reached, Arrays.asList(gradients));
    }
  }

  private Weights start(VariableStore store, Map<String, float[]> point) {
    if (mode != Mode.INPUTS) {
      return GradientCheck.filled(store, point);
    }
    Map<String, Weights.Tensor> images = new LinkedHashMap<>();
    inputs.forEach(
        (input, shape) ->
            images.put(INPUT + input, new Weights.Tensor(shape, point.get(INPUT + input))));
    return Weights.of(images);
  }

  private Layers layers(Ops tf, VariableStore store) {
    return mode == Mode.TRAINING || mode == Mode.STOPPED
        ? VariableLayers.training(tf, store)
        : VariableLayers.evaluation(tf, store);
  }

  private Operand<TFloat32> variable(VariableStore store, String key, Shape shape) {
    return store.variable(key, shape, Initializer.ZEROS, mode != Mode.STOPPED, false).value();
  }

  /** The sum of all outputs, each element times a number of its own. */
  private static Operand<TFloat32> loss(Ops tf, List<Operand<TFloat32>> outputs) {
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (Operand<TFloat32> output : outputs) {
      float[] factors = Filler.input("cotangent/" + sums.size(), output.shape(), -1, 1);
      Operand<TFloat32> product =
          tf.math.mul(output, tf.constant(output.shape(), DataBuffers.of(factors)));
      sums.add(tf.reduceSum(tf.reshape(product, tf.constant(new int[] {-1})), tf.constant(0)));
    }
    return tf.math.addN(sums);
  }

  /** The trainable variables on which the loss depends. */
  private List<NetworkVariable> reached(Graph graph, VariableStore store, Operand<TFloat32> loss) {
    Set<String> names = new HashSet<>();
    for (GraphOperation op : graph.subgraphTo(Set.<Operand<?>>of(loss))) {
      names.add(op.name());
    }
    return store.variables().stream()
        .filter(it -> it.trainable() && names.contains(it.value().op().name()))
        .filter(it -> mode != Mode.INPUTS || it.key().startsWith(INPUT))
        .toList();
  }
}
