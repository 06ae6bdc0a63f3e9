package io.segue.model.loss;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import java.util.Locale;
import org.tensorflow.ndarray.buffer.DataBuffers;

/** Dice on probabilities. */
public final class VolumetricDiceFixture extends FixtureKind {

  @Override
  public String name() {
    return "volumetric_dice";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    for (JsonNode variant : fixture.json().get("variants")) {
      String id = variant.get("id").asText();
      JsonNode type = variant.at("/arguments/metric_type");
      VolumetricDice dice =
          type.isNull()
              ? VolumetricDice.PLAIN
              : VolumetricDice.valueOf(type.asText().toUpperCase(Locale.ROOT));
      GoldenTensor probabilities = fixture.tensor(variant.get("probabilities").asText());
      GoldenTensor labels = fixture.tensor(variant.get("labels").asText());
      try (LossProbe probe =
          new LossProbe(
              probabilities.shape(),
              (tf, input) ->
                  dice.value(
                      tf, input, tf.constant(labels.shape(), DataBuffers.of(labels.floats()))))) {
        comparison.number(
            id,
            probe.value(probabilities.floats()),
            variant.get("loss").asDouble(),
            fixture.tolerance("loss"));
        if (variant.has("gradient")) {
          comparison.array(
              id + ".gradient",
              probe.gradient(probabilities.floats()),
              fixture.tensor(variant.get("gradient").asText()),
              fixture.tolerance("grad"));
        }
      }
    }
  }
}
