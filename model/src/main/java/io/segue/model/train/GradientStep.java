package io.segue.model.train;

import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.VariableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The part of a training graph that turns gradients into new weights. */
final class GradientStep {
  private final StepScalars scalars;
  private final Op apply;

  /**
   * Adds the step to the graph; its slots join the store.
   *
   * @param gradients of the parameters, in their order
   */
  GradientStep(
      Ops tf,
      VariableStore store,
      Optimizer optimizer,
      Optional<MovingAverage> average,
      List<NetworkVariable> parameters,
      List<Operand<TFloat32>> gradients) {
    this.scalars = new StepScalars(scalar(tf), scalar(tf), scalar(tf));
    SlotVariables slots = new SlotVariables(store);
    List<Operand<TFloat32>> clipped = optimizer.clipping().clip(tf, gradients);
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Update update = new Update(tf, parameters.get(i), clipped.get(i), scalars, slots);
      optimizer.write(update);
      updates.addAll(update.assignments());
      if (average.isPresent()) {
        updates.add(average(tf, slots, parameters.get(i), update.assignments()));
      }
    }
    this.apply = tf.withControlDependencies(updates).noOp();
  }

  private static Placeholder<TFloat32> scalar(Ops tf) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
  }

  private Op average(Ops tf, SlotVariables slots, NetworkVariable parameter, List<Op> updated) {
    NetworkVariable average = slots.of(parameter, MovingAverage.SLOT, 0);
    Operand<TFloat32> weight =
        tf.withControlDependencies(updated).readVariableOp(parameter.handle(), TFloat32.class);
    Operand<TFloat32> missing = tf.math.sub(tf.constant(1f), scalars.averageDecay());
    return tf.assignSubVariableOp(
        average.handle(), tf.math.mul(missing, tf.math.sub(average.value(), weight)));
  }

  /** What makes the update. */
  Op apply() {
    return apply;
  }

  /** Names of the placeholders of learning rate, number of the update and averaging decay. */
  List<String> scalarNames() {
    return List.of(
        scalars.learningRate().op().name(),
        scalars.number().op().name(),
        scalars.averageDecay().op().name());
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
