package io.segue.model.loss;

import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Actual mask scores, and the loss of predicted ones. */
public final class MaskScoringLossFixture extends FixtureKind {

  @Override
  public String name() {
    return "mask_scoring_loss";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    MaskScoringLoss loss =
        new MaskScoringLoss(fixture.json().at("/arguments/ignore_label").asInt());
    comparison.array(
        "actual",
        LossProbe.constant(
            tf ->
                loss.actualScores(
                    tf, constant(tf, fixture, "logits"), constant(tf, fixture, "labels"))),
        fixture.tensor("actual_scores"),
        fixture.tolerance("actual"));
    GoldenTensor predicted = fixture.tensor("predicted_scores");
    try (LossProbe probe =
        new LossProbe(
            predicted.shape(),
            (tf, input) ->
                loss.value(
                    tf, input, constant(tf, fixture, "logits"), constant(tf, fixture, "labels")))) {
      comparison.number(
          "loss",
          probe.value(predicted.floats()),
          fixture.json().get("loss").asDouble(),
          fixture.tolerance("loss"));
      comparison.array(
          "gradient",
          probe.gradient(predicted.floats()),
          fixture.tensor("grad_predicted_scores"),
          fixture.tolerance("grad"));
    }
  }

  private static Operand<TFloat32> constant(Ops tf, GoldenCase fixture, String name) {
    GoldenTensor values = fixture.tensor(name);
    return tf.constant(values.shape(), DataBuffers.of(values.floats()));
  }
}
