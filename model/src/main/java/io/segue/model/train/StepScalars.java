package io.segue.model.train;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The scalars that change from step to step; the host computes and feeds them.
 *
 * @param learningRate the schedule's rate
 * @param number of the update, 1 for the first
 * @param averageDecay decay of the moving averages
 */
record StepScalars(
    Operand<TFloat32> learningRate, Operand<TFloat32> number, Operand<TFloat32> averageDecay) {}
