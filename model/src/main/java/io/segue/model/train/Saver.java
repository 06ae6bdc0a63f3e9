package io.segue.model.train;

import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.VariableStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * All variables of a training graph, the optimiser's included, to and from a TensorFlow checkpoint,
 * named by their keys.
 */
final class Saver {
  private final Placeholder<TString> prefix;
  private final Op save;
  private final Op restore;

  /** Adds the operations for the variables made so far. */
  Saver(Ops tf, VariableStore store) {
    prefix = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    List<NetworkVariable> variables = List.copyOf(store.variables());
    Operand<TString> names =
        strings(tf, variables.stream().map(NetworkVariable::key).toArray(String[]::new));
    String[] whole = new String[variables.size()];
    Arrays.fill(whole, "");
    List<Operand<?>> values = new ArrayList<>();
    variables.forEach(variable -> values.add(variable.value()));
    save = tf.train.save(prefix, names, strings(tf, whole), values);
    List<Class<? extends TType>> types = new ArrayList<>();
    variables.forEach(variable -> types.add(TFloat32.class));
    List<? extends Operand<?>> restored =
        tf.train.restore(prefix, names, strings(tf, whole), types).tensors();
    List<Op> assigns = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      assigns.add(tf.assignVariableOp(variables.get(i).handle(), restored.get(i)));
    }
    restore = tf.withControlDependencies(assigns).noOp();
  }

  private static Operand<TString> strings(Ops tf, String[] values) {
    return tf.constant(StandardCharsets.UTF_8, values);
  }

  /** Writes {@code <file>.index} and {@code <file>.data-00000-of-00001}. */
  void save(Session session, Path file) {
    run(session, file, save);
  }

  /** Sets all variables from what {@link #save} wrote. */
  void restore(Session session, Path file) {
    run(session, file, restore);
  }

  private void run(Session session, Path file, Op op) {
    try (TString path = TString.scalarOf(file.toAbsolutePath().toString())) {
      session.runner().feed(prefix, path).addTarget(op).run().close();
    }
  }
}
