package io.segue.connectors.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CocoRunsTest {
  private static final int UNLABELLED = 255;

  @Property(tries = 200)
  void bringsBackAnyMask(
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @Size(72) byte[] values,
      @ForAll @IntRange(max = 7) int bits) {
    byte[] indices = Arrays.copyOf(values, values.length / width * width);
    for (int i = 0; i < indices.length; i++) {
      indices[i] &= (byte) (0xff >> bits); // fewer classes have longer runs
    }
    DecodedMask mask = new DecodedMask(width, indices.length / width, indices);

    DecodedMask back =
        CocoRuns.decode(CocoRuns.encode(mask), mask.width(), mask.height(), UNLABELLED);

    assertThat(back).isEqualTo(mask);
  }

  /** The strings are those of pycocotools 2.0.11. */
  @Test
  void writesWhatCocosOwnToolsWrite() {
    byte[] indices = {
      0, 0, 1, 1, 1, 2, 2, //
      0, 0, 1, 1, 1, 2, 2, //
      0, 1, 1, 1, 1, 1, 2, //
      3, 3, 3, 3, 1, 1, 2, //
      3, 3, 3, 3, 3, 3, 3
    };

    assertThat(CocoRuns.encode(new DecodedMask(7, 5, indices)))
        .isEqualTo(Map.of(0, "032Oj0", 1, "712200011N3", 2, "i0232N", 3, "323000001O0000"));
  }

  /** Runs of several groups and both signs; the string is that of pycocotools 2.0.11. */
  @Test
  void readsWhatCocosOwnToolsWrite() {
    int width = 120;
    int height = 90;
    String counts =
        "h]1=Z26K4L4M2M4M2N2N2O0O2N2O0O2O0O2O000O2O000000000000000000000001N10001N101N101N2N101N2N2N3L3N3L4L5JQj4";

    DecodedMask disc = CocoRuns.decode(Map.of(7, counts), width, height, UNLABELLED);

    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        boolean inside = (x - 40) * (x - 40) + (y - 30) * (y - 30) < 25 * 25;
        assertThat(disc.indices()[y * width + x] & 0xff)
            .as("%d, %d", x, y)
            .isEqualTo(inside ? 7 : UNLABELLED);
      }
    }
    assertThat(CocoRuns.encode(disc)).containsEntry(7, counts);
  }

  @Test
  void theHigherClassHasAPixelThatTwoClaim() {
    DecodedMask mask = CocoRuns.decode(Map.of(2, "022", 1, "031"), 2, 2, UNLABELLED);

    assertThat(mask.indices()).containsExactly(2, 1, 2, UNLABELLED);
  }

  @ParameterizedTest
  @CsvSource({
    "05, run 1 of class 1 has length 5 after 0 of 4 pixels",
    "02, 'the runs of class 1 are of 2 pixels, the mask of 4'",
    "0P, run 1 of class 1 is no number",
    "0!, run 1 of class 1 is no number",
    "PPPPPPPPPP0, run 0 of class 1 is no number",
    "0001N, run 4 of class 1 has length -2 after 1 of 4 pixels"
  })
  void saysWhatIsWrongWithRuns(String counts, String says) {
    assertThatThrownBy(() -> CocoRuns.decode(Map.of(1, counts), 2, 2, UNLABELLED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(says);
  }
}
