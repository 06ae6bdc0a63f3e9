package io.segue.model.layer;

import io.segue.model.checkpoint.Weights;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/**
 * The float32 variables of one graph, by key. Resource variables: each is read once, so that a
 * gradient with respect to {@link NetworkVariable#value} is the whole gradient.
 *
 * <p>A trainer may keep its own variables here too (slots, averages); {@link #read} and {@link
 * #load} then carry them along.
 */
public final class VariableStore {
  private final Ops tf;
  private final long seed;
  private final Map<String, NetworkVariable> variables = new LinkedHashMap<>();
  private final Map<String, Loader> loaders = new LinkedHashMap<>();

  private record Loader(Placeholder<TFloat32> value, AssignVariableOp assign) {}

  /** A store in the graph of {@code tf}; {@code seed} decides all initial values. */
  public VariableStore(Ops tf, long seed) {
    this.tf = tf;
    this.seed = seed;
  }

  /**
   * The variable with this key, made on first use.
   *
   * @throws IllegalArgumentException if it exists with another shape
   */
  public NetworkVariable variable(
      String key, Shape shape, Initializer initializer, boolean trainable, boolean regularised) {
    NetworkVariable known = variables.get(key);
    if (known == null) {
      known = create(key, shape, initializer, trainable, regularised);
      variables.put(key, known);
    } else if (!known.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "variable '%s' has shape %s, asked for %s".formatted(key, known.shape(), shape));
    }
    return known;
  }

  private NetworkVariable create(
      String key, Shape shape, Initializer initializer, boolean trainable, boolean regularised) {
    VarHandleOp handle = tf.varHandleOp(TFloat32.class, shape, VarHandleOp.sharedName(key));
    Operand<TFloat32> value = tf.readVariableOp(handle, TFloat32.class);
    Operand<TFloat32> initial = initializer.sample(tf, shape, seed, key);
    return new NetworkVariable(key, shape, handle, value, initial, trainable, regularised);
  }

  /** What decides the initial values, and the random draws of the layers. */
  long seed() {
    return seed;
  }

  /** All variables, in the order they were made. */
  public Collection<NetworkVariable> variables() {
    return Collections.unmodifiableCollection(variables.values());
  }

  /** An operation that gives every variable made so far its initial value. */
  public Op initializer() {
    List<Op> assigns = new ArrayList<>();
    for (NetworkVariable variable : variables.values()) {
      assigns.add(tf.assignVariableOp(variable.handle(), variable.initial()));
    }
    return tf.withControlDependencies(assigns).noOp();
  }

  /** The present values of all variables. */
  public Weights read(Session session) {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    if (variables.isEmpty()) {
      return Weights.of(tensors);
    }
    Session.Runner runner = session.runner();
    variables.values().forEach(it -> runner.fetch(it.value()));
    try (Result result = runner.run()) {
      int i = 0;
      for (NetworkVariable variable : variables.values()) {
        tensors.put(variable.key(), Weights.Tensor.copyOf((TFloat32) result.get(i++)));
      }
    }
    return Weights.of(tensors);
  }

  /**
   * Sets the variables that {@code weights} names and this store has; the others keep their values.
   *
   * @return the keys that were set
   * @throws io.segue.model.checkpoint.CheckpointException if a shape differs; nothing is set then
   */
  public List<String> load(Session session, Weights weights) {
    List<NetworkVariable> named = new ArrayList<>();
    for (NetworkVariable variable : variables.values()) {
      if (weights.keys().contains(variable.key())) {
        weights.get(variable.key(), variable.shape());
        named.add(variable);
      }
    }
    List<TFloat32> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      for (NetworkVariable variable : named) {
        String key = variable.key();
        float[] values = weights.get(key, variable.shape());
        Loader loader = loaders.computeIfAbsent(key, it -> loader(variable));
        TFloat32 tensor = TFloat32.tensorOf(variable.shape(), DataBuffers.of(values));
        fed.add(tensor);
        runner.feed(loader.value(), tensor).addTarget(loader.assign());
      }
      if (!named.isEmpty()) {
        runner.run().close();
      }
    } finally {
      fed.forEach(TFloat32::close);
    }
    return named.stream().map(NetworkVariable::key).toList();
  }

  private Loader loader(NetworkVariable variable) {
    Placeholder<TFloat32> value =
        tf.placeholder(TFloat32.class, Placeholder.shape(variable.shape()));
    return new Loader(value, tf.assignVariableOp(variable.handle(), value));
  }
}
