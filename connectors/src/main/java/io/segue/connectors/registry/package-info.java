/**
 * Models as files: candidates that a training run left, and versions that were published and never
 * change again. The layout is the one that TensorFlow Serving reads.
 */
package io.segue.connectors.registry;
