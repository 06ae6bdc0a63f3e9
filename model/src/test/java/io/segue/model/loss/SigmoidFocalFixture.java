package io.segue.model.loss;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The detectors' focal loss, element by element and reduced. */
public final class SigmoidFocalFixture extends FixtureKind {

  @Override
  public String name() {
    return "focal_loss";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    GoldenTensor logits = fixture.tensor("logits");
    for (JsonNode variant : fixture.json().get("variants")) {
      String id = variant.get("id").asText();
      JsonNode arguments = variant.get("arguments");
      SigmoidFocalLoss loss =
          new SigmoidFocalLoss(
              arguments.get("alpha").asDouble(), arguments.get("gamma").asDouble());
      GoldenTensor labels = fixture.tensor(variant.get("labels").asText());
      boolean mean = arguments.get("reduction").asText().equals("sum_over_batch_size");
      try (LossProbe probe =
          new LossProbe(
              logits.shape(),
              (tf, input) -> {
                Operand<TFloat32> all =
                    Maps.flat(
                        tf,
                        loss.elements(
                            tf,
                            input,
                            tf.constant(labels.shape(), DataBuffers.of(labels.floats()))));
                return mean ? tf.math.mean(all, tf.constant(0)) : tf.sum(all, tf.constant(0));
              })) {
        comparison.number(
            id, probe.value(logits.floats()), variant.get("total").asDouble(), fixture.tolerance());
        comparison.array(
            id + ".gradient",
            probe.gradient(logits.floats()),
            fixture.tensor(variant.get("gradient").asText()),
            fixture.tolerance());
      }
      if (variant.has("elementwise")) {
        comparison.array(
            id + ".elements",
            elements(loss, logits, labels),
            fixture.tensor(variant.get("elementwise").asText()),
            fixture.tolerance());
      }
    }
  }

  private static float[] elements(SigmoidFocalLoss loss, GoldenTensor logits, GoldenTensor labels) {
    return LossProbe.constant(tf -> loss.elements(tf, constant(tf, logits), constant(tf, labels)));
  }

  private static Operand<TFloat32> constant(Ops tf, GoldenTensor values) {
    return tf.constant(values.shape(), DataBuffers.of(values.floats()));
  }
}
