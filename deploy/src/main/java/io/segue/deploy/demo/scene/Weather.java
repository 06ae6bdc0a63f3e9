package io.segue.deploy.demo.scene;

/**
 * Light and air between scene and camera. The pixel that reaches the sensor is {@code gain · (haze
 * mixed into the surface by distance)}, plus sensor noise.
 *
 * @param red gain of the red channel, 1 = as painted
 * @param green gain of the green channel
 * @param blue gain of the blue channel
 * @param contrast 1 = as painted, 0 = all pixels alike
 * @param haze share of the haze colour at the greatest distance, 0 to 1
 * @param hazeLevel brightness of the haze, 0 to 255
 * @param noise standard deviation of the sensor noise in grey levels
 */
public record Weather(
    double red,
    double green,
    double blue,
    double contrast,
    double haze,
    double hazeLevel,
    double noise) {

  /** A clear day. */
  public static final Weather DAY = new Weather(1, 1, 1, 1, 0.08, 215, 4);

  /** Fog at dusk: dark, blue, flat and noisy. */
  public static final Weather FOGGY_DUSK = new Weather(0.48, 0.52, 0.75, 0.8, 0.55, 150, 7);

  /**
   * Returns the weather on the way to another.
   *
   * @param share 0 = this weather, 1 = the other; clamped
   */
  public Weather towards(Weather other, double share) {
    double t = Math.min(1, Math.max(0, share));
    return new Weather(
        Noise.mix(red, other.red, t),
        Noise.mix(green, other.green, t),
        Noise.mix(blue, other.blue, t),
        Noise.mix(contrast, other.contrast, t),
        Noise.mix(haze, other.haze, t),
        Noise.mix(hazeLevel, other.hazeLevel, t),
        Noise.mix(noise, other.noise, t));
  }
}
