package io.segue.model.train;

import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.VariableStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What a training graph minimises, {@code weight · (data + Σ l2 / 2 · w²)} over the regularised
 * kernels, and its gradients.
 *
 * <p>The decay's gradient is added by hand, {@code weight · l2 · w}: it reaches kernels that the
 * data does not (as in the reference), and spares a backward pass.
 */
final class Objective {
  private final Operand<TFloat32> decay;
  private final Operand<TFloat32> total;
  private final List<NetworkVariable> parameters = new ArrayList<>();
  private final List<Operand<TFloat32>> gradients = new ArrayList<>();

  /**
   * Adds the objective to the graph.
   *
   * @param data the part that depends on images and labels, a scalar
   */
  Objective(Graph graph, VariableStore store, Operand<TFloat32> data, double weight, double l2) {
    Ops tf = Ops.create(graph);
    List<NetworkVariable> trainable =
        store.variables().stream().filter(NetworkVariable::trainable).toList();
    Operand<TFloat32> weighted = tf.math.mul(tf.constant((float) weight), data);
    decay = decay(tf, trainable, l2);
    total = tf.math.add(weighted, tf.math.mul(tf.constant((float) weight), decay));
    derive(graph, tf, weighted, trainable, weight * l2);
  }

  private static Operand<TFloat32> decay(Ops tf, List<NetworkVariable> trainable, double l2) {
    List<Operand<TFloat32>> squares = new ArrayList<>();
    for (NetworkVariable parameter : trainable) {
      if (parameter.regularised()) {
        squares.add(tf.nn.l2Loss(parameter.value()));
      }
    }
    return l2 == 0 || squares.isEmpty()
        ? tf.constant(0f)
        : tf.math.mul(tf.constant((float) l2), tf.math.addN(squares));
  }

  private void derive(
      Graph graph, Ops tf, Operand<TFloat32> weighted, List<NetworkVariable> all, double l2) {
    List<NetworkVariable> reached = reached(graph, weighted, all);
    Output<?>[] derived =
        graph.addGradients(
            weighted.asOutput(),
            reached.stream().map(it -> it.value().asOutput()).toArray(Output<?>[]::new));
    for (NetworkVariable parameter : all) {
      int index = reached.indexOf(parameter);
      Optional<Operand<TFloat32>> slope =
          index < 0 ? Optional.empty() : Optional.of(derived[index].expect(TFloat32.class));
      Optional<Operand<TFloat32>> pull =
          l2 > 0 && parameter.regularised()
              ? Optional.of(tf.math.mul(tf.constant((float) l2), parameter.value()))
              : Optional.empty();
      if (slope.isPresent() || pull.isPresent()) {
        parameters.add(parameter);
        gradients.add(
            slope.isPresent() && pull.isPresent()
                ? tf.math.add(slope.get(), pull.get())
                : slope.or(() -> pull).orElseThrow());
      }
    }
  }

  /** The parameters on which {@code value} depends; asking for other gradients is an error. */
  private static List<NetworkVariable> reached(
      Graph graph, Operand<TFloat32> value, List<NetworkVariable> parameters) {
    Set<String> names = new HashSet<>();
    for (GraphOperation op : graph.subgraphTo(Set.<Operand<?>>of(value))) {
      names.add(op.name());
    }
    return parameters.stream().filter(it -> names.contains(it.value().op().name())).toList();
  }

  /** {@code Σ l2 / 2 · w²}, a scalar. */
  Operand<TFloat32> decay() {
    return decay;
  }

  /** What is minimised, a scalar. */
  Operand<TFloat32> total() {
    return total;
  }

  /** The parameters that have a gradient. */
  List<NetworkVariable> parameters() {
    return parameters;
  }

  /** Gradients of {@link #total} with respect to {@link #parameters}, in their order. */
  List<Operand<TFloat32>> gradients() {
    return gradients;
  }
}
