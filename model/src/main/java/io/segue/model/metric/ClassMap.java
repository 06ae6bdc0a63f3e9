package io.segue.model.metric;

import java.nio.ByteBuffer;

/** Size and classes of a label map. */
record ClassMap(int height, int width, int classes) {

  /**
   * The classes of {@code map} where {@code truth} is valid (not ignored, a class), -1 elsewhere.
   *
   * @throws IllegalArgumentException if a buffer has another size, or {@code map} a valid pixel
   *     outside the classes
   */
  int[] labels(ByteBuffer truth, ByteBuffer map, int ignore) {
    int pixels = height * width;
    if (truth.remaining() != pixels || map.remaining() != pixels) {
      throw new IllegalArgumentException(
          "maps of %d and %d labels for %d×%d pixels"
              .formatted(truth.remaining(), map.remaining(), height, width));
    }
    int[] labels = new int[pixels];
    for (int i = 0; i < pixels; i++) {
      int label = truth.get(truth.position() + i) & 0xff;
      boolean valid = label != ignore && label < classes;
      labels[i] = valid ? map.get(map.position() + i) & 0xff : -1;
      if (labels[i] >= classes) {
        throw new IllegalArgumentException(
            "predicted class %d, but there are %d classes".formatted(labels[i], classes));
      }
    }
    return labels;
  }
}
