package io.segue.model.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The part of a training graph that turns gradients into new weights.
 *
 * <p>All gradients are complete before the first weight changes: reference variables are read in
 * place, so an update that runs early would be seen by the rest of the backward pass.
 */
final class GradientStep {
  private final StepScalars scalars;
  private final SlotVariables slots;
  private final Op apply;

  /**
   * Adds the step to the graph.
   *
   * @param after ops that must have read the weights before they change, beside the gradients
   */
  GradientStep(
      Ops tf,
      Optimizer optimizer,
      Optional<MovingAverage> average,
      List<Parameter> parameters,
      List<Operand<TFloat32>> gradients,
      List<Op> after) {
    this.scalars = new StepScalars(scalar(tf), scalar(tf), scalar(tf));
    this.slots = new SlotVariables(tf);
    List<Operand<TFloat32>> clipped = optimizer.clipping().clip(tf, gradients);
    List<Op> gates = new ArrayList<>(after);
    gates.addAll(clipped);
    Ops gated = tf.withControlDependencies(gates);
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Update update = new Update(gated, parameter, clipped.get(i), scalars, slots);
      optimizer.write(update);
      updates.addAll(update.assignments());
      if (average.isPresent()) {
        updates.add(average(gated, parameter, update.assignments()));
      }
    }
    this.apply = tf.withControlDependencies(updates).noOp();
  }

  private static Placeholder<TFloat32> scalar(Ops tf) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
  }

  private Op average(Ops tf, Parameter parameter, List<Op> updated) {
    Ops after = tf.withControlDependencies(updated);
    Operand<TFloat32> average = slots.of(parameter, MovingAverage.SLOT, 0);
    Operand<TFloat32> missing = after.math.sub(tf.constant(1f), scalars.averageDecay());
    return after.assignSub(
        average, after.math.mul(missing, after.math.sub(average, parameter.variable())));
  }

  /** Gives the slots their initial values. */
  void initialize(Session session) {
    Session.Runner runner = session.runner();
    slots.initializers().forEach(runner::addTarget);
    runner.run().close();
  }

  /** The optimiser's variables by checkpoint key. */
  Map<String, Operand<TFloat32>> variables() {
    return slots.variables();
  }

  /** Adds this step to a run; the fed tensors must stay open until it is over. */
  void addTo(Session.Runner runner, TFloat32 learningRate, TFloat32 number, TFloat32 decay) {
    runner
        .addTarget(apply)
        .feed(scalars.learningRate(), learningRate)
        .feed(scalars.number(), number)
        .feed(scalars.averageDecay(), decay);
  }
}
