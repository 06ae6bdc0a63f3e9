/**
 * What builds and names a network: taxonomy, plan, spec and the Model Garden's configuration tree
 * of {@code task.model} with its own YAML keys.
 *
 * <p>Values only: nothing here touches TensorFlow. Absent keys take the reference's defaults,
 * unknown keys are errors.
 */
package io.segue.model.config;
