/**
 * What training minimises: losses as pure graph builders, one file a loss. Each takes logits and
 * labels as operands and gives a scalar; every one has a gradient that agrees with finite
 * differences.
 */
package io.segue.model.loss;
