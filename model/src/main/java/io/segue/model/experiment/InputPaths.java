package io.segue.model.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.config.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code input_path}: a text (files, folders, patterns, separated by commas), a list of such texts,
 * or one text for each of several named sources.
 *
 * @param bySource text by the source's name; a single source is called {@code ""}
 */
public record InputPaths(Map<String, String> bySource) {
  /** No path. */
  public static final InputPaths NONE = new InputPaths(Map.of());

  private static final String ONLY = "";

  public InputPaths {
    bySource = Map.copyOf(bySource);
  }

  /** One source. */
  public static InputPaths of(String patterns) {
    return patterns.isBlank() ? NONE : new InputPaths(Map.of(ONLY, patterns));
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static InputPaths read(JsonNode node) {
    if (node.isNull()) {
      return NONE;
    }
    if (node.isTextual()) {
      return of(node.textValue());
    }
    if (node.isArray()) {
      List<String> texts = new ArrayList<>();
      node.forEach(each -> texts.add(each.asText()));
      return of(String.join(",", texts));
    }
    if (node.isObject()) {
      Map<String, String> named = new LinkedHashMap<>();
      node.properties().forEach(entry -> named.put(entry.getKey(), entry.getValue().asText()));
      return new InputPaths(named);
    }
    throw new ConfigException(
        "input_path: '%s' is not a path, a list of paths or a section of named paths"
            .formatted(node));
  }

  @JsonValue
  Object written() {
    return bySource.isEmpty() ? "" : bySource.containsKey(ONLY) ? bySource.get(ONLY) : bySource;
  }

  boolean isEmpty() {
    return bySource.isEmpty();
  }
}
