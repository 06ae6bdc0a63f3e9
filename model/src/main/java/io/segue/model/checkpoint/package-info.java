/**
 * Weights by checkpoint key, in memory and in TensorFlow's checkpoint files, with the object graph
 * by which the Model Garden finds them.
 */
package io.segue.model.checkpoint;
