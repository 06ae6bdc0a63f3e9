package io.segue.deploy.demo.scene;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What moves: cars in two lanes and people on the pavement, far ones first. */
final class Traffic {
  private static final int CARS = 4;
  private static final int PEOPLE = 5;

  private record Mover(double nearness, Runnable paint) {}

  private final long seed;
  private final double seconds;
  private final Backdrop backdrop;

  Traffic(long seed, double seconds, Backdrop backdrop) {
    this.seed = seed;
    this.seconds = seconds;
    this.backdrop = backdrop;
  }

  void paint(Canvas canvas) {
    List<Mover> movers = new ArrayList<>();
    for (int car = 0; car < CARS; car++) {
      movers.add(car(canvas, car));
    }
    for (int person = 0; person < PEOPLE; person++) {
      movers.add(person(canvas, person));
    }
    movers.sort(Comparator.comparingDouble(Mover::nearness));
    movers.forEach(mover -> mover.paint().run());
  }

  /** A car's way: it comes near or drives away, and turns up again as another car. */
  private Mover car(Canvas canvas, int number) {
    double pace = 0.06 + 0.06 * Noise.white(seed, number, 101);
    double way = Noise.white(seed, number, 102) + seconds * pace;
    long life = (long) Math.floor(way);
    double progress = way - life;
    boolean oncoming = number % 2 == 0;
    double nearness = 0.06 + 0.8 * (oncoming ? progress : 1 - progress);
    double foot = backdrop.horizon + nearness * (1 - backdrop.horizon);
    double centre = backdrop.vanishingX + (oncoming ? -0.48 : 0.48) * backdrop.roadHalfAt(foot);
    double size = 0.04 + 0.3 * nearness;
    Box box = new Box(centre - size / 2, foot - size * 0.85, centre + size / 2, foot);
    long look = Noise.hash(seed, number * 1000L + life, 103);
    return new Mover(nearness, () -> paintCar(canvas, box, look, nearness, oncoming));
  }

  private static void paintCar(Canvas canvas, Box box, long look, double nearness, boolean front) {
    double hue = Noise.white(look, 0, 0);
    double tone = 0.35 + 0.9 * Noise.white(look, 1, 0);
    int body =
        hue < 0.4
            ? Backdrop.rgb(175 * tone, 175 * tone, 180 * tone)
            : hue < 0.7
                ? Backdrop.rgb(190 * tone, 45 * tone, 40 * tone)
                : Backdrop.rgb(40 * tone, 70 * tone, 165 * tone);
    canvas.paint(
        box,
        (x, y) -> {
          double across = Math.abs(2 * box.across(x) - 1);
          double down = box.down(y);
          return down > 0.45 ? across < 0.98 : across < 0.55 + 0.6 * down;
        },
        StreetClass.CAR,
        0.5 * (1 - nearness),
        (x, y) -> {
          double across = Math.abs(2 * box.across(x) - 1);
          double down = box.down(y);
          if (down > 0.12 && down < 0.42 && across < 0.6) {
            return Backdrop.rgb(45, 58, 70);
          }
          if (down > 0.85) {
            return Backdrop.rgb(25, 25, 28);
          }
          boolean lamp = across > 0.68 && down > 0.52 && down < 0.66;
          return lamp ? (front ? 0xFFF4D0 : 0xC01818) : body;
        });
  }

  /** A person's way: along the pavement, left or right of the road. */
  private Mover person(Canvas canvas, int number) {
    double way =
        Noise.white(seed, number, 201) + seconds * (0.03 + 0.03 * Noise.white(seed, number, 202));
    long life = (long) Math.floor(way);
    double progress = way - life;
    long look = Noise.hash(seed, number * 1000L + life, 203);
    boolean left = Noise.white(look, 2, 0) < 0.5;
    double nearness = 0.1 + 0.55 * (Noise.white(look, 3, 0) < 0.5 ? progress : 1 - progress);
    double foot = backdrop.horizon + nearness * (1 - backdrop.horizon);
    double aside = backdrop.roadHalfAt(foot) + 0.04 + 0.12 * Noise.white(look, 4, 0);
    double centre = backdrop.vanishingX + (left ? -aside : aside);
    double tall = 0.12 + 0.36 * nearness;
    Box box = new Box(centre - tall * 0.13, foot - tall, centre + tall * 0.13, foot);
    double stride = Math.sin(seconds * 6 + number);
    return new Mover(nearness, () -> paintPerson(canvas, box, look, nearness, stride));
  }

  private static void paintPerson(
      Canvas canvas, Box box, long look, double nearness, double stride) {
    int coat =
        Backdrop.rgb(
            40 + 190 * Noise.white(look, 5, 0),
            40 + 160 * Noise.white(look, 6, 0),
            40 + 160 * Noise.white(look, 7, 0));
    canvas.paint(
        box,
        (x, y) -> {
          double across = 2 * box.across(x) - 1;
          double down = box.down(y);
          if (down < 0.18) {
            double dy = (down - 0.09) / 0.09;
            return across * across / 0.2 + dy * dy < 1;
          }
          if (down < 0.6) {
            return Math.abs(across) < 0.75;
          }
          double leg = 0.35 * stride * (down - 0.6) / 0.4 + 0.3;
          return Math.abs(Math.abs(across) - Math.abs(leg)) < 0.3;
        },
        StreetClass.PERSON,
        0.5 * (1 - nearness),
        (x, y) -> {
          double down = box.down(y);
          return down < 0.18 ? 0xC89678 : down < 0.6 ? coat : 0x32323C;
        });
  }
}
