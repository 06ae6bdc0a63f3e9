package io.segue.model.data;

/**
 * What the network gets of one example.
 *
 * @param image normalised, {@code [h, w, 3]}
 * @param masks labels, {@code [h, w, 1]}, {@code ignoreLabel} where nothing is known
 * @param geometry how the image got here
 */
record ParsedExample(FloatMap image, FloatMap masks, CropGeometry geometry) {}
