/**
 * Training and evaluation data as it lies in files: labelled images as {@code tf.Example} protocol
 * buffers, framed as TFRecords over channels, and the input pipeline that decodes, augments and
 * batches them beside the training step.
 *
 * <p>Nothing here knows a file system: callers open channels.
 */
package io.segue.model.data;
