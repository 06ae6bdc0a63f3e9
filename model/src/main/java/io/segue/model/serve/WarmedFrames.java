package io.segue.model.serve;

import java.util.OptionalDouble;

/**
 * What a model makes of frames before it serves.
 *
 * @param masks in the numbers in which it will serve; the caller closes them
 * @param agreement the share of pixels, 0 to 1, that are as they would be in float32; empty if the
 *     model was in float32 already
 */
public record WarmedFrames(Segmentation masks, OptionalDouble agreement) {}
