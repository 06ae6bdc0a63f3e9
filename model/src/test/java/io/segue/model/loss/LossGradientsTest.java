package io.segue.model.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.gradient.TrainedClasses;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients of every loss against central differences. A difference of float32 values near 2 is
 * right to 1e-7 of them, divided by the step: some 1e-5. Where a loss bends (the hardest pixels,
 * the order of Lovász), the step is so small that nothing changes place, and that becomes 1e-4.
 */
class LossGradientsTest {
  private static final Shape LOGITS = Shape.of(2, 2, 3, 3);
  private static final Shape LABELS = Shape.of(2, 3, 4, 1);
  private static final float SMOOTH_STEP = 1e-2f;
  private static final float SMALL_STEP = 2e-3f;
  private static final double TOLERANCE = 2e-3;

  /** 255 and 7 are no classes. */
  private static final float[] Y = {
    0, 1, 2, 255, 1, 1, 0, 2, 2, 7, 0, 1, 255, 0, 0, 1, 2, 2, 1, 0, 255, 2, 1, 0
  };

  private static final List<Case> CASES = cases();

  @SuppressWarnings("ArrayRecordComponent") // handed on as it is
  private record Case(
      String name,
      Class<?> subject,
      Shape shape,
      LossProbe.Expression loss,
      float[] at,
      float step) {
    void run() {
      try (LossProbe probe = new LossProbe(shape, loss)) {
        assertThat(probe.largestGradientError(at, step)).isLessThan(TOLERANCE);
      }
    }
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    List<Double> weights = List.of(1.0, 2.0, 0.5);
    for (boolean binary : new boolean[] {false, true}) {
      for (boolean atLabels : new boolean[] {false, true}) {
        for (double hardest : new double[] {1, 0.5}) {
          cases.add(
              of(
                  new SegmentationLoss(0.1, weights, 255, atLabels, binary, hardest, false),
                  hardest < 1 ? SMALL_STEP : SMOOTH_STEP));
        }
      }
    }
    cases.add(of(SegmentationLoss.ignoring(255), SMOOTH_STEP));
    cases.add(of(SegmentationLoss.ignoring(0), SMOOTH_STEP));
    cases.add(of(SoftmaxFocalLoss.ignoring(255), SMOOTH_STEP));
    cases.add(of(new SoftmaxFocalLoss(255, 1.5, weights), SMOOTH_STEP));
    cases.add(of(new SoftmaxFocalLoss(0, 0, weights), SMOOTH_STEP));
    for (ClassesMode mode : ClassesMode.values()) {
      for (boolean perImage : new boolean[] {false, true}) {
        cases.add(of(new SoftDiceLoss(255, mode, perImage, 1e-3), SMOOTH_STEP));
        cases.add(of(new LovaszSoftmaxLoss(255, mode, perImage), SMALL_STEP / 2));
      }
    }
    cases.add(
        of(
            new WeightedSum(
                List.of(
                    new WeightedSum.Term(0.5, SegmentationLoss.ignoring(255)),
                    new WeightedSum.Term(2, SoftDiceLoss.ignoring(255)),
                    new WeightedSum.Term(1, LovaszSoftmaxLoss.ignoring(255)),
                    new WeightedSum.Term(0.3, SoftmaxFocalLoss.ignoring(255)))),
            SMALL_STEP / 2));
    cases.addAll(matting());
    cases.add(maskScoring());
    cases.add(sigmoidFocal());
    for (VolumetricDice dice : VolumetricDice.values()) {
      cases.add(volumetric(dice));
    }
    return cases;
  }

  private static Case of(Loss loss, float step) {
    return new Case(
        loss.toString(),
        loss.getClass(),
        LOGITS,
        (tf, logits) -> loss.value(tf, logits, labels(tf)),
        values(LOGITS),
        step);
  }

  private static Operand<TFloat32> labels(Ops tf) {
    return tf.constant(LABELS, DataBuffers.of(Y));
  }

  private static List<Case> matting() {
    Shape logits = Shape.of(2, 2, 3, 2);
    float[] shares = new float[Y.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) (0.5 + 0.45 * Math.sin(i * 2.3));
    }
    List<Case> cases = new ArrayList<>();
    for (boolean binary : new boolean[] {false, true}) {
      Loss loss = new SegmentationLoss(0, List.of(1.0, 3.0), 255, true, binary, 1, true);
      cases.add(
          new Case(
              loss.toString(),
              SegmentationLoss.class,
              logits,
              (tf, x) -> loss.value(tf, x, tf.constant(LABELS, DataBuffers.of(shares))),
              values(logits),
              SMOOTH_STEP));
    }
    return cases;
  }

  private static Case maskScoring() {
    Shape scores = Shape.of(2, 3);
    return new Case(
        "mask scoring",
        MaskScoringLoss.class,
        scores,
        (tf, x) ->
            new MaskScoringLoss(255)
                .value(tf, x, tf.constant(LOGITS, DataBuffers.of(values(LOGITS))), labels(tf)),
        values(scores),
        SMOOTH_STEP);
  }

  private static Case sigmoidFocal() {
    float[] targets = new float[(int) LOGITS.size()];
    for (int i = 0; i < targets.length; i += 3) {
      targets[i] = 1;
    }
    return new Case(
        "sigmoid focal",
        SigmoidFocalLoss.class,
        LOGITS,
        (tf, x) ->
            tf.sum(
                new SigmoidFocalLoss(0.25, 1.5)
                    .elements(tf, x, tf.constant(LOGITS, DataBuffers.of(targets))),
                tf.constant(new int[] {0, 1, 2, 3})),
        values(LOGITS),
        SMOOTH_STEP);
  }

  private static Case volumetric(VolumetricDice dice) {
    Shape volume = Shape.of(2, 2, 2, 2, 3);
    float[] probabilities = values(volume);
    float[] labels = new float[probabilities.length];
    for (int i = 0; i < labels.length; i++) {
      probabilities[i] = 0.5f + probabilities[i] / 5;
      labels[i] = i % 3 == i / 3 % 3 ? 1 : 0;
    }
    return new Case(
        "volumetric dice " + dice,
        VolumetricDice.class,
        volume,
        (tf, x) -> dice.value(tf, x, tf.constant(volume, DataBuffers.of(labels))),
        probabilities,
        SMOOTH_STEP);
  }

  private static float[] values(Shape shape) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * Math.sin(i * 1.7 + 0.3));
    }
    return values;
  }

  @TestFactory
  Stream<DynamicTest> agreeWithFiniteDifferences() {
    return CASES.stream().map(it -> DynamicTest.dynamicTest(it.name(), it::run));
  }

  @Test
  void noLossIsWithoutACase() {
    Set<Class<?>> losses = new HashSet<>(TrainedClasses.beside(Loss.class, Set.of(Ops.class)));
    assertThat(losses).contains(WeightedSum.class);
    CASES.forEach(it -> losses.remove(it.subject()));
    assertThat(losses).as("losses that need a gradient case").isEmpty();
  }
}
