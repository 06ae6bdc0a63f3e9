/**
 * Whole training runs as a configuration: the Model Garden's keys for task and trainer, its named
 * experiments, and what they become: spec, examples, options, validation.
 */
package io.segue.model.experiment;
