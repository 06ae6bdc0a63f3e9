package io.segue.model.train;

import io.segue.model.layer.NetworkVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The update of one parameter in one step, as an {@link Optimizer} writes it down: values to
 * compute with, and assignments that happen after everything was read.
 */
public final class Update {
  private final Ops tf;
  private final NetworkVariable parameter;
  private final Operand<TFloat32> gradient;
  private final StepScalars scalars;
  private final SlotVariables slots;
  private final Map<String, NetworkVariable> used = new HashMap<>();
  private final List<Op> assignments = new ArrayList<>();

  Update(
      Ops tf,
      NetworkVariable parameter,
      Operand<TFloat32> gradient,
      StepScalars scalars,
      SlotVariables slots) {
    this.tf = tf;
    this.parameter = parameter;
    this.gradient = gradient;
    this.scalars = scalars;
    this.slots = slots;
  }

  /** The parameter's checkpoint key; weight-decay expressions are matched against it. */
  public String name() {
    return parameter.key();
  }

  /** The parameter's value before the step. */
  public Operand<TFloat32> weight() {
    return parameter.value();
  }

  /** The clipped gradient. */
  public Operand<TFloat32> gradient() {
    return gradient;
  }

  /** This step's learning rate, a scalar. */
  public Operand<TFloat32> learningRate() {
    return scalars.learningRate();
  }

  /** The number of this update, 1 for the first, a scalar. */
  public Operand<TFloat32> number() {
    return scalars.number();
  }

  /** The value that a slot has before the step. */
  public Operand<TFloat32> slot(String slot, float initial) {
    NetworkVariable variable = slots.of(parameter, slot, initial);
    used.put(slot, variable);
    return variable.value();
  }

  /** Gives a slot (asked for before) its value after the step. */
  public Operand<TFloat32> remember(String slot, Operand<TFloat32> value) {
    NetworkVariable variable = used.get(slot);
    if (variable == null) {
      throw new IllegalStateException("slot '%s' is written but never read".formatted(slot));
    }
    assignments.add(tf.assignVariableOp(variable.handle(), value));
    return value;
  }

  /** Moves the parameter by {@code -delta}. */
  public void subtract(Operand<TFloat32> delta) {
    assignments.add(tf.assignSubVariableOp(parameter.handle(), delta));
  }

  List<Op> assignments() {
    return assignments;
  }

  /** A scalar constant. */
  public Operand<TFloat32> constant(double value) {
    return tf.constant((float) value);
  }

  /** a + b. */
  public Operand<TFloat32> add(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.add(a, b);
  }

  /** a - b. */
  public Operand<TFloat32> sub(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.sub(a, b);
  }

  /** a * b. */
  public Operand<TFloat32> mul(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.mul(a, b);
  }

  /** factor * a. */
  public Operand<TFloat32> mul(double factor, Operand<TFloat32> a) {
    return tf.math.mul(constant(factor), a);
  }

  /** a / b. */
  public Operand<TFloat32> div(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.div(a, b);
  }

  /** The larger of a and b, element by element. */
  public Operand<TFloat32> max(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.maximum(a, b);
  }

  /** Square root. */
  public Operand<TFloat32> sqrt(Operand<TFloat32> a) {
    return tf.math.sqrt(a);
  }

  /** {@code rate * average + (1 - rate) * value}. */
  public Operand<TFloat32> blend(double rate, Operand<TFloat32> average, Operand<TFloat32> value) {
    return add(mul(rate, average), mul(1 - rate, value));
  }

  /** {@code 1 - rate^number}: what a zero-initialised average lacks. */
  public Operand<TFloat32> biasCorrection(double rate) {
    return sub(constant(1), tf.math.pow(constant(rate), number()));
  }

  /** Euclidean norm over all elements, a scalar. */
  public Operand<TFloat32> norm(Operand<TFloat32> a) {
    return Norms.of(tf, a);
  }

  /** {@code a / b}, or 1 where a or b is 0: a layer's trust ratio. */
  public Operand<TFloat32> trustRatio(Operand<TFloat32> a, Operand<TFloat32> b) {
    Operand<TFloat32> zero = constant(0);
    return tf.select(
        tf.math.logicalAnd(tf.math.greater(a, zero), tf.math.greater(b, zero)),
        tf.math.divNoNan(a, b),
        constant(1));
  }
}
