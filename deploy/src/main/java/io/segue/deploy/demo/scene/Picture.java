package io.segue.deploy.demo.scene;

/**
 * A rendered scene.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb {@code [height, width, 3]}, one byte a channel
 * @param truth {@code [height, width]}, the {@link StreetClass#index()} of each pixel
 */
@SuppressWarnings("ArrayRecordComponent") // pixels, by far too many to box
public record Picture(int width, int height, byte[] rgb, byte[] truth) {}
