/**
 * Inference for all streams of one process: the versions it has loaded, one engine a model that
 * gathers frames into batches, and the Flink function in front of them.
 */
package io.segue.operators.segment;
