/**
 * How the graph of a network is written for serving: in TensorFlow's public operations or in
 * oneDNN's fused ones, in float32 or bfloat16, and which of these the processor takes.
 */
package io.segue.model.serve.form;
