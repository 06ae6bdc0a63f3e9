package io.segue.deploy.demo.scene;

/** Random numbers by place instead of by order: the same coordinates always give the same value. */
final class Noise {
  private Noise() {}

  /** A well-mixed hash of three coordinates (finalizer of SplitMix64, Steele et al., 2014). */
  static long hash(long seed, long x, long y) {
    long z = seed + x * 0x9E3779B97F4A7C15L + y * 0xC2B2AE3D27D4EB4FL;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** White noise: uniform in [0, 1). */
  static double white(long seed, long x, long y) {
    return (hash(seed, x, y) >>> 11) * 0x1.0p-53;
  }

  /** Value noise: smooth over a distance of 1, in [0, 1). */
  static double smooth(long seed, double x, double y) {
    long x0 = (long) Math.floor(x);
    long y0 = (long) Math.floor(y);
    double tx = ease(x - x0);
    double ty = ease(y - y0);
    double top = mix(white(seed, x0, y0), white(seed, x0 + 1, y0), tx);
    double bottom = mix(white(seed, x0, y0 + 1), white(seed, x0 + 1, y0 + 1), tx);
    return mix(top, bottom, ty);
  }

  static double mix(double a, double b, double t) {
    return a + (b - a) * t;
  }

  private static double ease(double t) {
    return t * t * (3 - 2 * t);
  }
}
