package io.segue.model.loss;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;

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

  @Test
  void everyOptionOfTheSegmentationLossHasTheGradientOfFiniteDifferences() {
    List<Double> weights = List.of(1.0, 2.0, 0.5);
    for (Loss loss :
        List.of(
            new SegmentationLoss(0.1, weights, 255, true, false, 1, false),
            new SegmentationLoss(0.1, weights, 255, false, false, 1, false),
            new SegmentationLoss(0.1, weights, 255, true, true, 1, false),
            new SegmentationLoss(0, List.of(), 255, true, false, 0.5, false),
            new SegmentationLoss(0, List.of(), 255, true, true, 0.25, false))) {
      try (LossProbe probe = LossProbe.of(loss, LOGITS, Y, LABELS)) {
        // As above; the step is small enough that no other pixels become the hardest.
        assertThat(probe.largestGradientError(logits(), 2e-3f))
            .as(loss.toString())
            .isLessThan(2e-3);
      }
    }
  }

  @Test
  void maskScoringHasTheGradientOfFiniteDifferencesInItsScores() {
    float[] scores = {0.1f, 0.7f, 0.4f, 0.9f, 0.2f, 0.5f};
    try (LossProbe probe =
        new LossProbe(
            Shape.of(2, 3),
            (tf, input) ->
                new MaskScoringLoss(255)
                    .value(
                        tf,
                        input,
                        tf.constant(LOGITS, DataBuffers.of(logits())),
                        tf.constant(LABELS, DataBuffers.of(Y))))) {
      // A square has exact central differences; what is left is float32.
      assertThat(probe.largestGradientError(scores, 1e-2f)).isLessThan(1e-4);
    }
  }

  @Test
  void sigmoidFocalHasTheGradientOfFiniteDifferences() {
    float[] targets = new float[(int) LOGITS.size()];
    for (int i = 0; i < targets.length; i += 3) {
      targets[i] = 1;
    }
    try (LossProbe probe =
        new LossProbe(
            LOGITS,
            (tf, input) ->
                tf.sum(
                    new SigmoidFocalLoss(0.25, 1.5)
                        .elements(tf, input, tf.constant(LOGITS, DataBuffers.of(targets))),
                    tf.constant(new int[] {0, 1, 2, 3})))) {
      // Float32 sums of about 20: 1e-6 of it divided by the step.
      assertThat(probe.largestGradientError(logits(), 1e-2f)).isLessThan(2e-3);
    }
  }

  @Test
  void volumetricDiceHasTheGradientOfFiniteDifferences() {
    Shape volume = Shape.of(2, 2, 2, 2, 3);
    float[] probabilities = new float[(int) volume.size()];
    float[] labels = new float[probabilities.length];
    for (int i = 0; i < labels.length; i++) {
      probabilities[i] = (float) (0.5 + 0.4 * Math.sin(i * 1.7 + 0.3));
      labels[i] = i % 3 == i / 3 % 3 ? 1 : 0;
    }
    for (VolumetricDice dice : VolumetricDice.values()) {
      try (LossProbe probe =
          new LossProbe(
              volume,
              (tf, input) -> dice.value(tf, input, tf.constant(volume, DataBuffers.of(labels))))) {
        // Values below 1 in float32, divided by the step.
        assertThat(probe.largestGradientError(probabilities, 1e-2f))
            .as(dice.toString())
            .isLessThan(1e-3);
      }
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
