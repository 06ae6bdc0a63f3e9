package io.segue.model.serve;

/** Where the pixels of one axis lie on the axis of a smaller map, by half-pixel centres. */
final class UpsamplingAxis {
  /** The map's pixel before each pixel. */
  final int[] lower;

  /** The map's pixel after each pixel; the same at the borders. */
  final int[] upper;

  /** How far each pixel has gone from the one before to the one after, 0 to 1. */
  final float[] share;

  UpsamplingAxis(int from, int to) {
    lower = new int[to];
    upper = new int[to];
    share = new float[to];
    float scale = from / (float) to;
    for (int i = 0; i < to; i++) {
      float at = (i + 0.5f) * scale - 0.5f;
      float floor = (float) Math.floor(at);
      lower[i] = Math.max((int) floor, 0);
      upper[i] = Math.min((int) Math.ceil(at), from - 1);
      share[i] = at - floor;
    }
  }
}
