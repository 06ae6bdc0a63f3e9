package io.segue.model.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.config.ConfigException;
import io.segue.model.config.ConfigTree;
import io.segue.model.loss.ClassesMode;
import io.segue.model.loss.Loss;
import io.segue.model.loss.LossProvider;
import io.segue.model.loss.LovaszSoftmaxLoss;
import io.segue.model.loss.SegmentationLoss;
import io.segue.model.loss.SoftDiceLoss;
import io.segue.model.loss.SoftmaxFocalLoss;
import io.segue.model.loss.WeightedSum;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class LossesConfigTest {
  /** The mean of the squared logits: a loss that a user's own library adds. */
  public static final class Calm implements LossProvider {
    @Override
    public String type() {
      return "calm";
    }

    @Override
    public Loss create(Map<String, Object> options, int classes, int ignoreLabel) {
      return new Squares((Double) options.get("factor"), classes, ignoreLabel);
    }
  }

  /** What {@link Calm} makes. */
  public record Squares(double factor, int classes, int ignoreLabel) implements Loss {
    @Override
    public Operand<TFloat32> value(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels) {
      Operand<TFloat32> squares = tf.math.mul(logits, logits);
      return tf.math.mul(
          tf.constant((float) factor), tf.math.mean(squares, tf.constant(new int[] {0, 1, 2, 3})));
    }
  }

  @Test
  void hasEveryOptionOfTheSegmentationLoss() {
    assertThat(
            loss(
                """
                label_smoothing: 0.1
                class_weights: [1, 2, 3]
                ignore_label: 255
                use_groundtruth_dimension: false
                use_binary_cross_entropy: true
                top_k_percent_pixels: 0.25
                """))
        .isEqualTo(
            new SegmentationLoss(0.1, List.of(1.0, 2.0, 3.0), 255, false, true, 0.25, false));
  }

  @Test
  void sumsSeveralLossesByWeight() {
    assertThat(
            loss(
                """
                terms:
                  - {type: segmentation}
                  - {type: lovasz, weight: 0.5, options: {classes: all, per_image: true}}
                  - {type: dice, weight: 2, options: {smooth: 0.001}}
                  - {type: focal, options: {gamma: 1.5, alpha: [1, 1, 2]}}
                """))
        .isEqualTo(
            new WeightedSum(
                List.of(
                    new WeightedSum.Term(1, SegmentationLoss.ignoring(255)),
                    new WeightedSum.Term(0.5, new LovaszSoftmaxLoss(255, ClassesMode.ALL, true)),
                    new WeightedSum.Term(
                        2, new SoftDiceLoss(255, ClassesMode.PRESENT, false, 0.001)),
                    new WeightedSum.Term(
                        1, new SoftmaxFocalLoss(255, 1.5, List.of(1.0, 1.0, 2.0))))));
  }

  @Test
  void findsALossOfOnesOwnByItsType() {
    assertThat(loss("terms: [{type: calm, weight: 3, options: {factor: 0.5}}]"))
        .isEqualTo(new WeightedSum(List.of(new WeightedSum.Term(3, new Squares(0.5, 3, 255)))));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> loss("terms: [{type: dise}]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "'dise' is unknown; there are [calm, dice, focal, lovasz, segmentation]");
    assertThatThrownBy(() -> loss("terms: [{type: dice, options: {smoth: 1}}]"))
        .hasMessageContaining("smoth: unknown key; the nearest known one is 'smooth'");
    assertThatThrownBy(() -> loss("terms: [{type: lovasz, options: {classes: some}}]"))
        .hasMessageContaining("'some' is neither 'present' nor 'all'");
    assertThatThrownBy(() -> loss("class_weights: [1, 2]"))
        .hasMessageContaining("2 weights for 3 classes");
  }

  private static Loss loss(String section) {
    String yaml = "task:\n  losses:\n" + section.indent(4);
    return ExperimentConfig.read(new ConfigTree().over("test", yaml)).task().losses().loss(3);
  }
}
