package io.segue.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.golden.Filler;
import io.segue.model.gradient.GradientCheck;
import io.segue.model.layer.Activation;
import io.segue.model.layer.Conv;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.Norm;
import io.segue.model.layer.NormActivation;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import io.segue.model.loss.MaskScoringLoss;
import io.segue.model.loss.SegmentationLoss;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class ObjectiveGradientsTest {
  private static final Shape IMAGES = Shape.of(2, 6, 7, 3);
  private static final Shape LABELS = Shape.of(2, 6, 7, 1);

  @Test
  void dataScoresAndDecayHaveTheGradientOfFiniteDifferences() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf, 3);
      VariableLayers layers = VariableLayers.training(tf, store);
      NormActivation style = new NormActivation(new Norm(0.9, 1e-3, true, true), Activation.SWISH);
      Operand<TFloat32> image =
          tf.constant(IMAGES, DataBuffers.of(Filler.input("image", IMAGES, -1, 1)));
      Operand<TFloat32> logits =
          layers.conv(
              "head",
              Conv.of(3, 1).withBias(),
              style.conv(layers, "body", Conv.of(4, 3).dilation(2), "norm", image));
      layers.conv("spared", Conv.of(2, 1).regularised(false), image);
      layers.conv("unused", Conv.of(2, 1), image);
      Operand<TFloat32> scores =
          layers.dense(
              "scores",
              3,
              Initializer.GLOROT_UNIFORM,
              tf.math.mean(image, tf.constant(new int[] {1, 2})));
      float[] truth = new float[(int) LABELS.size()];
      for (int i = 0; i < truth.length; i++) {
        truth[i] = i % 11 == 0 ? 255 : i % 3;
      }
      Operand<TFloat32> labels = tf.constant(LABELS, DataBuffers.of(truth));
      Operand<TFloat32> data =
          tf.math.add(
              SegmentationLoss.ignoring(255).value(tf, logits, labels),
              new MaskScoringLoss(255).value(tf, scores, logits, labels));
      Objective objective = new Objective(graph, store, data, 0.5, 0.2);

      assertThat(objective.parameters().stream().map(NetworkVariable::key))
          .contains("unused/kernel", "scores/bias", "head/bias")
          .doesNotContain("spared/kernel");
      // The true IoU of the scores' loss has steps where a pixel changes class: a small step.
      GradientCheck.IN_PIECES.compare(
          graph,
          store,
          GradientCheck.filled(store, Map.of()),
          objective.total(),
          objective.parameters(),
          objective.gradients());
    }
  }
}
