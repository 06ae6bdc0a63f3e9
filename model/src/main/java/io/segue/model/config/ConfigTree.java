package io.segue.model.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Map;

/** A configuration before it is read: YAML laid over YAML, and single keys over both. */
public final class ConfigTree {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String TYPE = "type";

  private final ObjectNode tree = YAML.createObjectNode();

  /**
   * Lays YAML (or JSON) over what is there: sections are merged key by key, everything else
   * replaces. A section whose {@code type} changes is replaced as a whole.
   *
   * @param name of the text, for error messages
   * @throws ConfigException if the text is not a section with keys
   */
  public ConfigTree over(String name, String yaml) {
    try {
      JsonNode read = YAML.readTree(yaml);
      if (read instanceof ObjectNode section) {
        merge(tree, section);
      } else if (!read.isMissingNode() && !read.isNull()) {
        throw new ConfigException("'%s' is not a section with keys".formatted(name));
      }
      return this;
    } catch (JsonProcessingException e) {
      throw new ConfigException("'%s' is not YAML: %s".formatted(name, e.getOriginalMessage()), e);
    }
  }

  /**
   * Sets one key.
   *
   * @param path names joined by dots
   * @param value YAML
   */
  public ConfigTree set(String path, String value) {
    ObjectNode section = tree;
    String[] names = path.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      section =
          section.get(names[i]) instanceof ObjectNode below ? below : section.putObject(names[i]);
    }
    try {
      section.set(names[names.length - 1], YAML.readTree(value));
      return this;
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          "--set %s: '%s' is not YAML: %s".formatted(path, value, e.getOriginalMessage()), e);
    }
  }

  private static void merge(ObjectNode below, ObjectNode above) {
    for (Map.Entry<String, JsonNode> entry : above.properties()) {
      JsonNode old = below.get(entry.getKey());
      if (old instanceof ObjectNode section
          && entry.getValue() instanceof ObjectNode changes
          && isSameType(section, changes)) {
        merge(section, changes);
      } else {
        below.set(entry.getKey(), entry.getValue());
      }
    }
  }

  private static boolean isSameType(ObjectNode old, ObjectNode changes) {
    return !changes.has(TYPE) || changes.get(TYPE).equals(old.get(TYPE));
  }

  /** Whether a key is written, given as names joined by dots. */
  public boolean has(String path) {
    JsonNode node = tree;
    for (String name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    return !node.isMissingNode();
  }

  /** All of it as JSON. */
  @Override
  public String toString() {
    return tree.toString();
  }
}
