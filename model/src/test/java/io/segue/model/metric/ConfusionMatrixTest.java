package io.segue.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {
  private static final double EXACT = 1e-12;

  @Test
  void computesTheFiguresOfASmallExample() {
    ConfusionMatrix matrix = new ConfusionMatrix(4);
    matrix.add(map(0, 0, 1, 1, 2, 255, 7), map(0, 1, 1, 1, 0, 3, 3), 255);

    assertThat(matrix.total()).isEqualTo(5);
    assertThat(matrix.perClassIou())
        .containsExactly(new double[] {1 / 3.0, 2 / 3.0, 0, 0}, within(EXACT));
    assertThat(matrix.meanIou()).isCloseTo(1 / 3.0, within(EXACT));
    assertThat(matrix.meanIouAllClasses()).isCloseTo(0.25, within(EXACT));
    assertThat(matrix.pixelAccuracy()).isCloseTo(0.6, within(EXACT));
    assertThat(matrix.meanAccuracy()).isCloseTo(0.5, within(EXACT));
    assertThat(matrix.frequencyWeightedIou()).isCloseTo(0.4, within(EXACT));
    assertThat(matrix.perClassDice()).containsExactly(new double[] {0.5, 0.8, 0, 0}, within(EXACT));
    assertThat(matrix.isPresent(3)).isFalse();
  }

  @Property(tries = 100)
  void mergingPartsGivesTheWhole(
      @ForAll @Size(20) byte[] truth, @ForAll @Size(20) byte[] prediction) {
    byte[] predicted = prediction.clone();
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] = (byte) (predicted[i] & 3);
    }
    ConfusionMatrix whole = new ConfusionMatrix(4);
    whole.add(ByteBuffer.wrap(truth), ByteBuffer.wrap(predicted), 2);
    ConfusionMatrix parts = new ConfusionMatrix(4);
    parts.add(ByteBuffer.wrap(truth, 0, 7), ByteBuffer.wrap(predicted, 0, 7), 2);
    ConfusionMatrix rest = new ConfusionMatrix(4);
    rest.add(ByteBuffer.wrap(truth, 7, 13), ByteBuffer.wrap(predicted, 7, 13), 2);
    parts.merge(ConfusionMatrix.of(4, rest.counts()));

    assertThat(parts).isEqualTo(whole);
  }

  @Test
  void isAllZeroWithoutPixels() {
    ConfusionMatrix matrix = new ConfusionMatrix(2);

    assertThat(matrix.meanIou()).isZero();
    assertThat(matrix.pixelAccuracy()).isZero();
    assertThat(matrix.frequencyWeightedIou()).isZero();
  }

  @Test
  void leavesTheBuffersWhereTheyStand() {
    ByteBuffer truth = map(0, 1);
    new ConfusionMatrix(2).add(truth, map(0, 1), 255);

    assertThat(truth.remaining()).isEqualTo(2);
  }

  @Test
  void refusesMapsOfDifferentSizes() {
    assertThatThrownBy(() -> new ConfusionMatrix(2).add(map(0), map(0, 1), 255))
        .hasMessageContaining("1 true labels, 2 predicted");
  }

  @Test
  void refusesAPredictionOutsideTheClasses() {
    assertThatThrownBy(() -> new ConfusionMatrix(2).add(map(0), map(2), 255))
        .hasMessageContaining("predicted class 2");
  }

  private static ByteBuffer map(int... labels) {
    byte[] bytes = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      bytes[i] = (byte) labels[i];
    }
    return ByteBuffer.wrap(bytes);
  }
}
