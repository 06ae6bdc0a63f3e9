package io.segue.model.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What an optimiser remembers beside each parameter: variables of the parameter's shape. */
final class SlotVariables {
  private final Ops tf;
  private final Map<String, Operand<TFloat32>> variables = new LinkedHashMap<>();
  private final List<Op> initializers = new ArrayList<>();

  SlotVariables(Ops tf) {
    this.tf = tf;
  }

  /** The checkpoint key of a parameter's slot. */
  static String key(Parameter parameter, String slot) {
    return parameter.name() + "/.OPTIMIZER_SLOT/optimizer/" + slot;
  }

  Operand<TFloat32> of(Parameter parameter, String slot, float initial) {
    return variables.computeIfAbsent(
        key(parameter, slot),
        key -> {
          Operand<TFloat32> variable = tf.variable(parameter.variable().shape(), TFloat32.class);
          initializers.add(
              tf.assign(
                  variable,
                  tf.fill(tf.constant(parameter.variable().shape()), tf.constant(initial))));
          return variable;
        });
  }

  /** All slots by checkpoint key, in the order in which they were made. */
  Map<String, Operand<TFloat32>> variables() {
    return variables;
  }

  List<Op> initializers() {
    return initializers;
  }
}
