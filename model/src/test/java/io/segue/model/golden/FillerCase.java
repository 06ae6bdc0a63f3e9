package io.segue.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** Checks {@link Filler} itself, bit for bit. */
final class FillerCase {
  private FillerCase() {}

  static void compare(Fixture fixture, Deviations deviations) {
    Map<String, NpyArray> tensors = fixture.tensors();
    JsonNode json = fixture.description();
    for (JsonNode weight : json.path("weights")) {
      String key = weight.path("key").asText();
      Shape shape = Shape.of(Fixture.longs(weight.path("shape")));
      NpyArray expected = tensors.get(weight.path("tensor").asText());
      deviations.checkEqual(key, Filler.weight(key, shape, 1), expected.floats());
    }
    for (Map.Entry<String, JsonNode> input : json.path("inputs").properties()) {
      NpyArray expected = tensors.get(input.getKey());
      JsonNode range = input.getValue();
      float[] actual =
          Filler.input(
              range.path("name").asText(),
              expected.shape(),
              range.path("low").asDouble(),
              range.path("high").asDouble());
      deviations.checkEqual(input.getKey(), actual, expected.floats());
    }
    NpyArray uniform = tensors.get("uniform");
    deviations.checkEqual(
        "uniform",
        Filler.uniform(json.path("uniform").path("name").asText(), uniform.shape()),
        uniform.doubles());
  }
}
