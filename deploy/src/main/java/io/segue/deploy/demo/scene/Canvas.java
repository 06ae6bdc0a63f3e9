package io.segue.deploy.demo.scene;

import java.util.Arrays;

/**
 * Surfaces as painted, before light and air: colour, class and distance of each pixel. Places are
 * in picture units, {@code x} and {@code y} from 0 to 1, so that a scene does not know its size.
 */
final class Canvas {
  /** Colour of one surface at one place. */
  @FunctionalInterface
  interface Paint {
    /** Returns the colour as 0xRRGGBB at a place of the picture. */
    int at(double x, double y);
  }

  /** Whether a place belongs to a shape. */
  @FunctionalInterface
  interface Shape {
    boolean covers(double x, double y);
  }

  final int width;
  final int height;
  private final int[] colour;
  private final byte[] truth;
  private final float[] distance;

  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    colour = new int[width * height];
    truth = new byte[width * height];
    distance = new float[width * height];
    Arrays.fill(distance, 1);
  }

  /**
   * Paints the part of a box that a shape covers.
   *
   * @param away distance from the camera, 0 to 1; nearer things have to be painted later
   */
  void paint(Box box, Shape shape, StreetClass what, double away, Paint paint) {
    int fromX = Math.max(0, (int) Math.floor(box.left() * width));
    int toX = Math.min(width, (int) Math.ceil(box.right() * width));
    int fromY = Math.max(0, (int) Math.floor(box.top() * height));
    int toY = Math.min(height, (int) Math.ceil(box.bottom() * height));
    for (int py = fromY; py < toY; py++) {
      double y = (py + 0.5) / height;
      for (int px = fromX; px < toX; px++) {
        double x = (px + 0.5) / width;
        if (shape.covers(x, y)) {
          int i = py * width + px;
          colour[i] = paint.at(x, y);
          truth[i] = what.index();
          distance[i] = (float) away;
        }
      }
    }
  }

  /**
   * Lets light and air act on the surfaces.
   *
   * @param exposure brightness of this moment, 1 = as painted
   * @param noiseSeed seed of the sensor noise of this moment
   */
  Picture develop(Weather weather, double exposure, long noiseSeed) {
    byte[] rgb = new byte[colour.length * 3];
    double[] gain = {weather.red(), weather.green(), weather.blue()};
    double mean = meanLevel();
    for (int i = 0; i < colour.length; i++) {
      double haze = weather.haze() * (0.25 + 0.75 * distance[i]);
      for (int channel = 0; channel < 3; channel++) {
        double surface = (colour[i] >> (16 - 8 * channel)) & 0xFF;
        double flat = Noise.mix(mean, surface, weather.contrast());
        double hazy = Noise.mix(flat, weather.hazeLevel(), haze);
        double noise = weather.noise() * gaussian(noiseSeed, i * 3L + channel);
        double value = hazy * gain[channel] * exposure + noise;
        rgb[i * 3 + channel] = (byte) Math.min(255, Math.max(0, Math.round(value)));
      }
    }
    return new Picture(width, height, rgb, truth.clone());
  }

  private double meanLevel() {
    long sum = 0;
    for (int c : colour) {
      sum += ((c >> 16) & 0xFF) + ((c >> 8) & 0xFF) + (c & 0xFF);
    }
    return sum / (3.0 * colour.length);
  }

  /** Sum of four uniform values: near enough to a normal distribution, and cheap. */
  private static double gaussian(long seed, long place) {
    long bits = Noise.hash(seed, place, 0);
    double sum = 0;
    for (int part = 0; part < 4; part++) {
      sum += ((bits >>> (16 * part)) & 0xFFFF) / 65535.0 - 0.5;
    }
    return sum * Math.sqrt(3);
  }
}
