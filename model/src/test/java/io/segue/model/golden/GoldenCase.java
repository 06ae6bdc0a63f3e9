package io.segue.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** One case with its arrays at hand. */
public record GoldenCase(Path directory, JsonNode json, Map<String, NpyArray> tensors) {

  static GoldenCase of(Fixture fixture) {
    boolean hasArrays = Files.exists(fixture.directory().resolve("tensors.npz"));
    return new GoldenCase(
        fixture.directory(), fixture.description(), hasArrays ? fixture.tensors() : Map.of());
  }

  /** The array with this name. */
  public GoldenTensor tensor(String name) {
    NpyArray array = tensors.get(name);
    if (array == null) {
      throw new IllegalArgumentException(directory + " has no array " + name);
    }
    return new GoldenTensor(array.shape().asArray(), array.doubles());
  }

  /** The limits under {@code tolerance}, or under {@code tolerance.<part>}. */
  public Tolerance tolerance(String... part) {
    JsonNode node = json.path("tolerance");
    for (String key : part) {
      node = node.path(key);
    }
    return Tolerance.of(node);
  }
}
