package io.segue.model.loss;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;

class LossGradientsTest {
  private static final Shape LOGITS = Shape.of(2, 2, 3, 3);
  private static final Shape LABELS = Shape.of(2, 3, 4, 1);
  private static final float[] Y = {
    0, 1, 2, 255, 1, 1, 0, 2, 2, 7, 0, 1, 255, 0, 0, 1, 2, 2, 1, 0, 255, 2, 1, 0
  };

  @Test
  void everyLossHasTheGradientOfFiniteDifferences() {
    for (Loss loss :
        List.of(
            SegmentationLoss.ignoring(255),
            SoftmaxFocalLoss.ignoring(255),
            new SoftmaxFocalLoss(255, 1.5, List.of(1.0, 2.0, 0.5)),
            SoftDiceLoss.ignoring(255),
            new SoftDiceLoss(255, ClassesMode.ALL, true, 1e-3),
            new WeightedSum(
                List.of(
                    new WeightedSum.Term(0.5, SegmentationLoss.ignoring(255)),
                    new WeightedSum.Term(2, SoftDiceLoss.ignoring(255)))))) {
      try (LossProbe probe = LossProbe.of(loss, LOGITS, Y, LABELS)) {
        // Central differences in float32: 1e-7 of a value near 2, divided by the step.
        assertThat(probe.largestGradientError(logits(), 1e-2f))
            .as(loss.toString())
            .isLessThan(1e-3);
      }
    }
  }

  @Test
  void lovaszHasTheGradientOfFiniteDifferencesWhileTheOrderHolds() {
    try (LossProbe probe =
        LossProbe.of(new LovaszSoftmaxLoss(255, ClassesMode.ALL, false), LOGITS, Y, LABELS)) {
      assertThat(probe.largestGradientError(logits(), 1e-3f)).isLessThan(2e-3);
    }
  }

  private static float[] logits() {
    float[] logits = new float[(int) LOGITS.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (2 * Math.sin(i * 1.7 + 0.3));
    }
    return logits;
  }
}
