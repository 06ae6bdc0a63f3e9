package io.segue.deploy.demo.scene;

/**
 * One camera on a moving car: a street of its own, drawn from {@code (seed, camera)}, that glides
 * past, with traffic and people in it. The same arguments always give the same picture.
 */
public final class StreetCamera {
  private static final double EXPOSURE_SWING = 0.12;

  private final long seed;
  private final int width;
  private final int height;

  /**
   * @param seed of all cameras of a run
   * @param camera number of the camera, from 0
   * @param width of the pictures in pixels, at least 32
   * @param height of the pictures in pixels, at least 32
   */
  public StreetCamera(long seed, int camera, int width, int height) {
    if (width < 32 || height < 32) {
      throw new IllegalArgumentException(
          "picture of " + width + "x" + height + " pixels: a street needs 32x32 at least");
    }
    this.seed = Noise.hash(seed, camera, 17);
    this.width = width;
    this.height = height;
  }

  /**
   * Takes a picture.
   *
   * @param seconds since the camera began; the scene moves with it
   * @param weather light and air at that moment
   */
  public Picture take(double seconds, Weather weather) {
    Canvas canvas = new Canvas(width, height);
    Backdrop backdrop = new Backdrop(seed, seconds);
    backdrop.paint(canvas);
    new Traffic(seed, seconds, backdrop).paint(canvas);
    double exposure = 1 + EXPOSURE_SWING * (2 * Noise.smooth(seed ^ 31, seconds / 5, 0) - 1);
    return canvas.develop(weather, exposure, Noise.hash(seed, Math.round(seconds * 1000), 23));
  }
}
