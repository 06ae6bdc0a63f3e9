package io.segue.model.loss;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Several losses of the same logits, each times its weight. */
public record WeightedSum(List<Term> terms) implements Loss {

  /** One summand. */
  public record Term(double weight, Loss loss) {}

  /** Checks that there is something to sum. */
  public WeightedSum {
    terms = List.copyOf(terms);
    if (terms.isEmpty()) {
      throw new IllegalArgumentException("a weighted sum needs at least one loss");
    }
  }

  @Override
  public Operand<TFloat32> value(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels) {
    List<Operand<TFloat32>> values = new ArrayList<>();
    for (Term term : terms) {
      values.add(
          tf.math.mul(tf.constant((float) term.weight()), term.loss().value(tf, logits, labels)));
    }
    return tf.math.addN(values);
  }
}
