package io.segue.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SegmentationExampleTest {

  @Test
  void survivesTheTripThroughTfExample() {
    SegmentationExample example =
        new SegmentationExample(
            "cam/1/42",
            new byte[] {1, -2, 3},
            new byte[] {4},
            360,
            480,
            Map.of("stream", "cam"),
            Map.of("capture/time", 1L << 40));

    assertThat(SegmentationExample.fromTfExample(example.toTfExample())).isEqualTo(example);
  }

  @Test
  void refusesBytesThatAreNoExample() {
    assertThatThrownBy(() -> SegmentationExample.fromTfExample(new byte[] {10, 99, 1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no tf.Example");
  }

  @Test
  void refusesAnExampleWithoutImage() {
    assertThatThrownBy(() -> SegmentationExample.fromTfExample(new byte[0]))
        .hasMessageContaining("image/encoded");
  }

  @Test
  void refusesAFurtherFeatureUnderAReservedKey() {
    assertThatThrownBy(
            () ->
                new SegmentationExample(
                    "", new byte[1], new byte[1], 1, 1, Map.of("image/encoded", "x"), Map.of()))
        .hasMessageContaining("image/encoded");
  }
}
