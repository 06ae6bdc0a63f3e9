package io.segue.model.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;

class SegmentationLossTest {
  private static final Shape LOGITS = Shape.of(1, 2, 2, 3);
  private static final Shape LABELS = Shape.of(1, 2, 2, 1);
  private static final float[] X = {2, -1, .5f, .1f, .2f, .3f, -1, 0, 3, 4, -4, 0};
  private static final float[] Y = {0, 1, 0, 255};
  private static final List<Double> WEIGHTS = List.of(1.0, 2.0, 3.0);

  /** The specification gives six decimal places. */
  private static final double PRINTED = 2e-6;

  @Test
  void hasTheValuesOfTheSpecification() {
    assertThat(value(SegmentationLoss.ignoring(255))).isCloseTo(1.803040, within(PRINTED));
    assertThat(value(softmax(0.1, List.of(), 1))).isCloseTo(1.797484, within(PRINTED));
    assertThat(value(softmax(0, WEIGHTS, 1))).isCloseTo(2.170353, within(PRINTED));
    assertThat(value(softmax(0, List.of(), 0.5))).isCloseTo(2.583900, within(PRINTED));
    assertThat(value(sigmoid(0, List.of(), 1))).isCloseTo(0.962905, within(PRINTED));
    assertThat(value(sigmoid(0.1, WEIGHTS, 1))).isCloseTo(2.200154, within(PRINTED));
    assertThat(value(sigmoid(0, List.of(), 0.25))).isCloseTo(1.778636, within(PRINTED));
  }

  @Test
  void hasTheGradientOfFiniteDifferences() {
    for (SegmentationLoss loss :
        List.of(
            softmax(0.1, WEIGHTS, 1),
            softmax(0, List.of(), 0.5),
            sigmoid(0.1, WEIGHTS, 1),
            sigmoid(0, List.of(), 0.25))) {
      try (LossProbe probe = LossProbe.of(loss, LOGITS, Y, LABELS)) {
        // Central differences in float32: 1e-7 of a value near 2, divided by the step.
        assertThat(probe.largestGradientError(X, 1e-2f)).as(loss.toString()).isLessThan(1e-3);
      }
    }
  }

  @Test
  void isZeroWithZeroGradientWhereAllPixelsAreIgnored() {
    try (LossProbe probe =
        LossProbe.of(
            SegmentationLoss.ignoring(255), LOGITS, new float[] {255, 255, 255, 255}, LABELS)) {
      assertThat(probe.value(X)).isZero();
      assertThat(probe.gradient(X)).containsOnly(0f);
    }
  }

  @Test
  void resizesLogitsToLabelsOrLabelsToLogits() {
    float[] labels = new float[16];
    Arrays.fill(labels, 1);
    Shape labelShape = Shape.of(1, 4, 4, 1);
    try (LossProbe atLabels =
            LossProbe.of(SegmentationLoss.ignoring(255), LOGITS, labels, labelShape);
        LossProbe atLogits =
            LossProbe.of(
                new SegmentationLoss(0, List.of(), 255, false, false, 1, false),
                LOGITS,
                labels,
                labelShape)) {
      assertThat(atLabels.largestGradientError(X, 1e-2f)).isLessThan(1e-3);
      assertThat(atLogits.largestGradientError(X, 1e-2f)).isLessThan(1e-3);
      assertThat(atLabels.value(X)).isNotCloseTo(atLogits.value(X), within(1e-4));
    }
  }

  @Test
  void refusesWhatTheReferenceRefuses() {
    Shape twoLayers = Shape.of(1, 2, 2, 2);
    assertThatThrownBy(
            () ->
                LossProbe.of(SegmentationLoss.ignoring(255), LOGITS, new float[8], twoLayers)
                    .close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use_binary_cross_entropy");
    assertThatThrownBy(() -> value(softmax(0, List.of(1.0, 2.0), 1)))
        .hasMessageContaining("2 class_weights for 3 classes");
    assertThatThrownBy(() -> value(new SegmentationLoss(0, List.of(), 255, true, false, 1, true)))
        .hasMessageContaining("matting");
    assertThatThrownBy(() -> softmax(2, List.of(), 1)).hasMessageContaining("labelSmoothing 2.0");
  }

  private static SegmentationLoss softmax(double smoothing, List<Double> weights, double top) {
    return new SegmentationLoss(smoothing, weights, 255, true, false, top, false);
  }

  private static SegmentationLoss sigmoid(double smoothing, List<Double> weights, double top) {
    return new SegmentationLoss(smoothing, weights, 255, true, true, top, false);
  }

  private static double value(SegmentationLoss loss) {
    try (LossProbe probe = LossProbe.of(loss, LOGITS, Y, LABELS)) {
      return probe.value(X);
    }
  }
}
