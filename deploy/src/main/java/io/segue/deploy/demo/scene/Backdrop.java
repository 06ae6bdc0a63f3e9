package io.segue.deploy.demo.scene;

/** What stands still: sky, houses, road, pavement and trees, gliding past the camera. */
final class Backdrop {
  private static final double CELL = 0.23;
  private static final double TREE_CELL = 0.42;

  private final long seed;
  private final double scroll;
  final double horizon;
  final double vanishingX;
  private final double roadHalf;

  Backdrop(long seed, double seconds) {
    this.seed = seed;
    scroll = seconds * (0.02 + 0.03 * Noise.white(seed, 1, 0));
    horizon = 0.42 + 0.1 * Noise.white(seed, 2, 0);
    vanishingX = 0.35 + 0.3 * Noise.smooth(seed ^ 3, seconds / 12, 0);
    roadHalf = 0.45 + 0.2 * Noise.white(seed, 4, 0);
  }

  void paint(Canvas canvas) {
    canvas.paint(Box.ALL, (x, y) -> true, StreetClass.SKY, 1, this::sky);
    canvas.paint(
        new Box(0, 0, 1, horizon + 0.02),
        (x, y) -> y > roofLine(x + scroll),
        StreetClass.BUILDING,
        0.7,
        this::facade);
    for (double top = horizon; top < 1; top += 0.04) {
      Box strip = new Box(0, top, 1, Math.min(1, top + 0.04));
      double away = 1 - nearness(top);
      canvas.paint(strip, (x, y) -> y > horizon, StreetClass.PAVEMENT, 0.6 * away, this::pavement);
      canvas.paint(strip, this::onRoad, StreetClass.ROAD, 0.6 * away, this::asphalt);
    }
    long first = (long) Math.floor(scroll / TREE_CELL) - 1;
    for (long cell = first; cell * TREE_CELL < scroll + 1 + TREE_CELL; cell++) {
      if (Noise.white(seed, cell, 5) < 0.7) {
        tree(canvas, cell);
      }
    }
  }

  /** How near ground at height {@code y} of the picture is: 0 at the horizon, 1 at the bottom. */
  double nearness(double y) {
    return Math.max(0, (y - horizon) / (1 - horizon));
  }

  /** Half the width of the road where the ground is at height {@code y}. */
  double roadHalfAt(double y) {
    return 0.05 + roadHalf * nearness(y);
  }

  private boolean onRoad(double x, double y) {
    return y > horizon && Math.abs(x - vanishingX) < roadHalfAt(y);
  }

  private double roofLine(double worldX) {
    long cell = (long) Math.floor(worldX / CELL);
    double tall = Noise.white(seed, cell, 6);
    return tall < 0.15 ? 1 : horizon * (0.15 + 0.7 * tall);
  }

  private int sky(double x, double y) {
    double cloud = Noise.smooth(seed ^ 7, (x + scroll * 0.3) * 5, y * 9);
    double pale = Math.min(1, 0.25 + 0.9 * y + 0.5 * Math.max(0, cloud - 0.5));
    return rgb(Noise.mix(95, 225, pale), Noise.mix(150, 228, pale), Noise.mix(215, 232, pale));
  }

  private int facade(double x, double y) {
    double worldX = x + scroll;
    long cell = (long) Math.floor(worldX / CELL);
    double inside = worldX / CELL - cell;
    double tone = 0.55 + 0.6 * Noise.white(seed, cell, 8);
    double warm = Noise.white(seed, cell, 9);
    double grain = 0.9 + 0.2 * Noise.smooth(seed ^ 10, worldX * 90, y * 90);
    double storeys = 8 + 5 * Noise.white(seed, cell, 11);
    boolean window = fraction(inside * 4) > 0.45 && fraction(y / horizon * storeys) > 0.5;
    double light =
        window
            ? 0.35
                + 0.8
                    * Noise.white(
                        seed, cell * 64 + (long) (inside * 4), (long) (y / horizon * storeys))
            : tone * grain;
    return window
        ? rgb(110 * light, 125 * light, 150 * light)
        : rgb(Noise.mix(150, 190, warm) * light, 140 * light, Noise.mix(150, 105, warm) * light);
  }

  private int asphalt(double x, double y) {
    double depth = 1 / (0.08 + nearness(y));
    double grain = Noise.smooth(seed ^ 12, x * 110, y * 110);
    double offset = (x - vanishingX) / roadHalfAt(y);
    boolean dash = Math.abs(offset) < 0.035 && fraction(depth * 1.3 + scroll * 12) < 0.5;
    boolean edge = Math.abs(Math.abs(offset) - 0.93) < 0.025;
    double level = dash || edge ? 205 : 82 + 34 * grain;
    return rgb(level, level, level * 1.03);
  }

  private int pavement(double x, double y) {
    double depth = 1 / (0.08 + nearness(y));
    boolean joint = fraction(depth * 2 + scroll * 12) < 0.12;
    double grain = Noise.smooth(seed ^ 13, x * 70, y * 70);
    double level = (joint ? 118 : 142) + 40 * grain;
    return rgb(level * 1.04, level, level * 0.92);
  }

  private void tree(Canvas canvas, long cell) {
    double x = (cell + 0.6 * Noise.white(seed, cell, 14)) * TREE_CELL - scroll;
    double size = 0.16 + 0.16 * Noise.white(seed, cell, 15);
    double foot = horizon + 0.02 + 0.04 * Noise.white(seed, cell, 16);
    Box trunk = new Box(x - size * 0.06, foot - size, x + size * 0.06, foot);
    canvas.paint(trunk, (px, py) -> true, StreetClass.TREE, 0.5, (px, py) -> rgb(84, 62, 44));
    Box crown = new Box(x - size * 0.5, foot - size * 1.9, x + size * 0.5, foot - size * 0.55);
    canvas.paint(
        crown,
        (px, py) -> {
          double dx = 2 * crown.across(px) - 1;
          double dy = 2 * crown.down(py) - 1;
          double ragged = 0.4 * Noise.smooth(seed ^ cell, (px + scroll) * 40, py * 40);
          return dx * dx + dy * dy < 1.05 - ragged;
        },
        StreetClass.TREE,
        0.5,
        (px, py) -> {
          double leaf = 0.55 + 0.8 * Noise.smooth(seed ^ 18, (px + scroll) * 75, py * 75);
          return rgb(62 * leaf, 112 * leaf, 48 * leaf);
        });
  }

  static int rgb(double red, double green, double blue) {
    return (level(red) << 16) | (level(green) << 8) | level(blue);
  }

  private static int level(double value) {
    return (int) Math.min(255, Math.max(0, value));
  }

  private static double fraction(double value) {
    return value - Math.floor(value);
  }
}
