package io.segue.model.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.Map;

/**
 * Maps YAML or JSON onto a tree of configuration records, strictly: a key that the defaults do not
 * have is an error that names the nearest known one, and a key left out keeps its default. Keys are
 * the record components in snake case.
 */
public final class ConfigReader {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(VariantModule.create())
          .addModule(DurationText.module())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  private static final YAMLMapper YAML = new YAMLMapper();

  private ConfigReader() {}

  /**
   * Reads {@code yaml} (or JSON) over {@code defaults}.
   *
   * @throws ConfigException naming the path, the value and, for an unknown key, the nearest known
   */
  public static <T> T read(String yaml, T defaults) {
    try {
      JsonNode tree = YAML.readTree(yaml);
      boolean empty = tree == null || tree.isMissingNode();
      return section(empty ? YAML.nullNode() : tree, defaults, "");
    } catch (JsonProcessingException e) {
      throw new ConfigException("not readable as YAML: " + e.getOriginalMessage(), e);
    }
  }

  /** {@code config} as indented JSON, all keys written out; {@link #read} reads it back. */
  public static String write(Object config) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new ConfigException("cannot write " + config + ": " + e.getOriginalMessage(), e);
    }
  }

  static <T> T section(JsonNode given, T defaults, String path) {
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) defaults.getClass();
    return read(given, VariantModule.tree(defaults, JSON), type, path);
  }

  static <T> T read(JsonNode given, JsonNode defaults, Class<? extends T> type, String path) {
    JsonNode tree = overlay(defaults, given, path);
    try {
      return JSON.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw explained(e, path);
    }
  }

  private static ConfigException explained(JsonProcessingException e, String path) {
    if (e.getCause() instanceof ConfigException known) {
      return known;
    }
    StringBuilder where = new StringBuilder(path);
    if (e instanceof JsonMappingException mapping) {
      for (JsonMappingException.Reference step : mapping.getPath()) {
        String name = step.getFieldName();
        where.append(name == null ? "[" + step.getIndex() + "]" : dot(where) + name);
      }
    }
    return new ConfigException(where + ": " + e.getOriginalMessage(), e);
  }

  private static String dot(CharSequence path) {
    return path.isEmpty() ? "" : ".";
  }

  private static JsonNode overlay(JsonNode defaults, JsonNode given, String path) {
    if (!(defaults instanceof ObjectNode known) || VariantModule.isVariant(defaults)) {
      return given;
    }
    if (given.isNull() && (path.isEmpty() || known.isEmpty())) {
      return defaults;
    }
    if (!given.isObject()) {
      throw new ConfigException(
          "%s: '%s' where a section with keys is expected".formatted(path, given.asText()));
    }
    if (known.isEmpty()) {
      return given;
    }
    ObjectNode merged = known.deepCopy();
    for (Map.Entry<String, JsonNode> entry : given.properties()) {
      String key = entry.getKey();
      String here = path + dot(path) + key;
      if (!known.has(key)) {
        throw new ConfigException(
            "%s: unknown key; the nearest known one is '%s'"
                .formatted(here, NearestName.of(key, known.fieldNames())));
      }
      merged.set(key, overlay(known.get(key), entry.getValue(), here));
    }
    return merged;
  }
}
