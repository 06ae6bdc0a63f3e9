package io.segue.model.train;

import java.util.List;
import java.util.OptionalDouble;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Bounds on gradients, as Keras optimisers take them; at most one may be given.
 *
 * @param clipnorm largest norm of each parameter's gradient
 * @param clipvalue largest absolute value of each element
 * @param globalClipnorm largest norm of all gradients together
 */
public record GradientClipping(
    OptionalDouble clipnorm, OptionalDouble clipvalue, OptionalDouble globalClipnorm) {

  /** Gradients stay as they are. */
  public static final GradientClipping NONE =
      new GradientClipping(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());

  /** Checks that at most one bound is given, and that it is positive. */
  public GradientClipping {
    List<OptionalDouble> given =
        List.of(clipnorm, clipvalue, globalClipnorm).stream()
            .filter(OptionalDouble::isPresent)
            .toList();
    if (given.size() > 1) {
      throw new IllegalArgumentException(
          "only one of clipnorm, clipvalue and global_clipnorm can be given");
    }
    if (given.stream().anyMatch(bound -> !(bound.getAsDouble() > 0))) {
      throw new IllegalArgumentException("a gradient bound must be above 0");
    }
  }

  /** Bounds the norm of all gradients together. */
  public static GradientClipping globalNorm(double bound) {
    return new GradientClipping(
        OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.of(bound));
  }

  List<Operand<TFloat32>> clip(Ops tf, List<Operand<TFloat32>> gradients) {
    if (clipnorm.isPresent()) {
      float bound = (float) clipnorm.getAsDouble();
      return gradients.stream()
          .<Operand<TFloat32>>map(g -> tf.math.mul(g, factor(tf, Norms.of(tf, g), bound)))
          .toList();
    }
    if (clipvalue.isPresent()) {
      float bound = (float) clipvalue.getAsDouble();
      return gradients.stream()
          .<Operand<TFloat32>>map(g -> tf.clipByValue(g, tf.constant(-bound), tf.constant(bound)))
          .toList();
    }
    if (globalClipnorm.isPresent()) {
      List<Operand<TFloat32>> squares = gradients.stream().map(g -> Norms.squared(tf, g)).toList();
      Operand<TFloat32> factor =
          factor(tf, tf.math.sqrt(tf.math.addN(squares)), (float) globalClipnorm.getAsDouble());
      return gradients.stream().<Operand<TFloat32>>map(g -> tf.math.mul(g, factor)).toList();
    }
    return gradients;
  }

  private static Operand<TFloat32> factor(Ops tf, Operand<TFloat32> norm, float bound) {
    return tf.math.div(tf.constant(bound), tf.math.maximum(norm, tf.constant(bound)));
  }
}
