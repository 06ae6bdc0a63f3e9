package io.segue.deploy.demo.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreetCameraTest {
  private static final int WIDTH = 160;
  private static final int HEIGHT = 96;

  @Test
  void takesTheSamePictureForTheSameMoment() {
    Picture first = new StreetCamera(7, 1, WIDTH, HEIGHT).take(12.5, Weather.DAY);
    Picture again = new StreetCamera(7, 1, WIDTH, HEIGHT).take(12.5, Weather.DAY);

    assertThat(again.rgb()).isEqualTo(first.rgb());
    assertThat(again.truth()).isEqualTo(first.truth());
  }

  @Test
  void seesAnotherStreetWithAnotherSeedOrCamera() {
    byte[] street = new StreetCamera(7, 0, WIDTH, HEIGHT).take(0, Weather.DAY).truth();

    assertThat(new StreetCamera(8, 0, WIDTH, HEIGHT).take(0, Weather.DAY).truth())
        .isNotEqualTo(street);
    assertThat(new StreetCamera(7, 1, WIDTH, HEIGHT).take(0, Weather.DAY).truth())
        .isNotEqualTo(street);
  }

  @Test
  void showsEveryClassWithinAMinute() {
    Set<Byte> seen = new HashSet<>();
    StreetCamera camera = new StreetCamera(7, 0, WIDTH, HEIGHT);
    for (int second = 0; second < 60; second += 5) {
      for (byte index : camera.take(second, Weather.DAY).truth()) {
        seen.add(index);
      }
    }

    assertThat(StreetClass.values()).allMatch(c -> seen.contains(c.index()));
  }

  @Test
  void movesBetweenTwoFrames() {
    StreetCamera camera = new StreetCamera(7, 0, WIDTH, HEIGHT);
    byte[] before = camera.take(10, Weather.DAY).truth();
    byte[] after = camera.take(11, Weather.DAY).truth();

    int changed = 0;
    for (int i = 0; i < before.length; i++) {
      changed += before[i] == after[i] ? 0 : 1;
    }
    assertThat(changed).isBetween(before.length / 200, before.length / 3);
  }

  @Test
  void losesLightAndContrastAtDuskButNothingOfTheScene() {
    StreetCamera camera = new StreetCamera(7, 2, WIDTH, HEIGHT);
    Picture day = camera.take(30, Weather.DAY);
    Picture dusk = camera.take(30, Weather.FOGGY_DUSK);

    assertThat(dusk.truth()).isEqualTo(day.truth());
    assertThat(mean(dusk)).isLessThan(0.75 * mean(day));
    assertThat(deviation(dusk)).isLessThan(0.6 * deviation(day));
  }

  @Test
  void goesFromOneWeatherToAnotherByDegrees() {
    Weather halfway = Weather.DAY.towards(Weather.FOGGY_DUSK, 0.5);

    assertThat(halfway.red())
        .isCloseTo((Weather.DAY.red() + Weather.FOGGY_DUSK.red()) / 2, within(1e-12));
    assertThat(Weather.DAY.towards(Weather.FOGGY_DUSK, -3)).isEqualTo(Weather.DAY);
  }

  @Test
  void refusesPicturesTooSmallForAStreet() {
    assertThatThrownBy(() -> new StreetCamera(7, 0, 16, 96))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16x96")
        .hasMessageContaining("32x32");
  }

  private static double mean(Picture picture) {
    double sum = 0;
    for (byte value : picture.rgb()) {
      sum += value & 0xFF;
    }
    return sum / picture.rgb().length;
  }

  private static double deviation(Picture picture) {
    double mean = mean(picture);
    double sum = 0;
    for (byte value : picture.rgb()) {
      double difference = (value & 0xFF) - mean;
      sum += difference * difference;
    }
    return Math.sqrt(sum / picture.rgb().length);
  }
}
