/**
 * Quality figures of a segmentation, all as mergeable counts: partial results of frames, subtasks
 * or files add up to the result of the whole, so every metric can live in a stream.
 */
package io.segue.model.metric;
