package io.segue.model.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/**
 * A weight of a training graph.
 *
 * @param key its checkpoint key, such as {@code backbone/layer_with_weights-0/_conv0/kernel}
 * @param shape its shape
 * @param handle the resource variable, for assignments and {@code tf.train.resourceApply…}
 * @param value the one read of it that the network uses: take gradients with respect to this
 * @param initial what it starts from
 * @param trainable false for moving statistics and frozen layers
 * @param regularised whether weight decay applies
 */
public record NetworkVariable(
    String key,
    Shape shape,
    VarHandleOp handle,
    Operand<TFloat32> value,
    Operand<TFloat32> initial,
    boolean trainable,
    boolean regularised) {}
