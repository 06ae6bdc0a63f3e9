/**
 * Training: learning-rate schedules, optimisers as update rules on the graph, and the {@link
 * io.segue.model.train.Trainer} that runs one training job from examples to a complete model
 * directory.
 */
package io.segue.model.train;
