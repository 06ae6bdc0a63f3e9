package io.segue.model.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A differentiable measure of how far logits are from labels. Implement it to train with a loss of
 * your own.
 */
public interface Loss {

  /**
   * Adds the loss to the graph.
   *
   * @param logits {@code [batch, H, W, classes]}; the number of classes must be known statically
   * @param labels {@code [batch, h, w, layers]}: class indices as floats (or matting values)
   * @return the scalar loss
   * @throws IllegalArgumentException if the shapes do not fit the loss
   */
  Operand<TFloat32> value(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels);
}
