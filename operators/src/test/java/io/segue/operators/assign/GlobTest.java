package io.segue.operators.assign;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource({
    "*, anything, true",
    "camera-?, camera-1, true",
    "camera-?, camera-12, false",
    "north/*, north/gate, true",
    "north/*, south/gate, false",
    "*gate*, north/gate-2, true",
    "a*b*c, a-x-b-y-c, true",
    "a*b*c, a-x-c-y-b, false",
    "camera.1, cameraX1, false",
  })
  void matchesAsFileNamesDo(String pattern, String text, boolean expected) {
    assertThat(Glob.matches(pattern, text)).isEqualTo(expected);
  }

  @Property
  void matchesATextWhoseMiddleIsReplacedByAStar(
      @ForAll @AlphaChars @StringLength(max = 5) String head,
      @ForAll @AlphaChars @StringLength(max = 5) String middle,
      @ForAll @AlphaChars @StringLength(max = 5) String tail) {
    assertThat(Glob.matches(head + "*" + tail, head + middle + tail)).isTrue();
  }

  @Property(tries = 20)
  void staysFastOnPatternsThatBacktrack(
      @ForAll @AlphaChars @StringLength(min = 1, max = 3) String s) {
    assertThat(Glob.matches("*a".repeat(50) + "Z1", "a".repeat(2_000) + s)).isFalse();
  }
}
