package io.segue.model.data;

/**
 * One image as the network sees it in evaluation, with the labels that its prediction is compared
 * with.
 *
 * @param sourceId where it comes from
 * @param height of the image, in pixels
 * @param width of the image, in pixels
 * @param image normalised, {@code [height, width, 3]}
 * @param truthHeight of the labels, in pixels
 * @param truthWidth of the labels, in pixels
 * @param truth class indices, uint8 {@code [truthHeight, truthWidth]}
 * @param imageInfo {@code [4, 2]}: original size, desired size, scale, offset
 */
@SuppressWarnings("ArrayRecordComponent") // pixels, by far too many to box
public record EvaluationExample(
    String sourceId,
    int height,
    int width,
    float[] image,
    int truthHeight,
    int truthWidth,
    byte[] truth,
    float[][] imageInfo) {}
