package io.segue.model.train;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A variable that training changes.
 *
 * @param name its checkpoint key; weight-decay expressions are matched against it
 * @param variable a reference variable of fully known shape
 */
public record Parameter(String name, Operand<TFloat32> variable) {}
