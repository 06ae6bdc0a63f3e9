package io.segue.model.data;

/** Decoded pixels, {@code [height, width, channels]}, uint8. */
@SuppressWarnings("ArrayRecordComponent") // pixels, by far too many to box
public record Pixels(int height, int width, int channels, byte[] values) {}
