package io.segue.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationTextTest {

  record Waits(Duration most) {}

  @Test
  void readsANumberAndAUnit() {
    assertThat(DurationText.parse("200 ms")).isEqualTo(Duration.ofMillis(200));
    assertThat(DurationText.parse("10min")).isEqualTo(Duration.ofMinutes(10));
    assertThat(DurationText.parse(" 7 d ")).isEqualTo(Duration.ofDays(7));
  }

  @Test
  void writesTheLargestUnitThatLeavesNothingOver() {
    assertThat(DurationText.format(Duration.ofSeconds(90))).isEqualTo("90 s");
    assertThat(DurationText.format(Duration.ofHours(24))).isEqualTo("1 d");
    assertThat(DurationText.format(Duration.ZERO)).isEqualTo("0 ms");
  }

  @Test
  void namesThePathOfWhatIsNoDuration() {
    assertThatThrownBy(() -> ConfigReader.read("most: soon", new Waits(Duration.ofSeconds(1))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("most")
        .hasMessageContaining("'soon' is not a duration");
    assertThat(ConfigReader.read("most: 2 h", new Waits(Duration.ZERO)).most())
        .isEqualTo(Duration.ofHours(2));
  }
}
