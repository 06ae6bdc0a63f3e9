/**
 * Inference: serving graphs apart from the training graph, with frozen weights, folded batch norm
 * and the branches of a plan in one call.
 */
package io.segue.model.serve;
