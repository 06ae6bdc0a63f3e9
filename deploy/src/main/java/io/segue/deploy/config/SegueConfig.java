package io.segue.deploy.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.segue.model.config.ConfigException;
import io.segue.model.config.ConfigReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The configuration of the jobs and commands. Keys are the component names in snake case; what is
 * left out keeps its default; an unknown key is an error that names its path and the nearest known
 * one.
 *
 * @param kafka options of every Kafka client, passed on unchanged; {@code bootstrap.servers} first
 *     of all
 * @param flink options of Flink, passed on unchanged
 * @param topics the topics
 */
public record SegueConfig(
    Map<String, String> kafka, Map<String, String> flink, TopicsConfig topics) {
  /** The broker of this machine and no further options. */
  public static final SegueConfig DEFAULT =
      new SegueConfig(Map.of(), Map.of(), TopicsConfig.DEFAULT);

  private static final String DEFAULT_SERVERS = "127.0.0.1:9092";
  private static final List<String> PASSED_ON = List.of("kafka", "flink");
  private static final YAMLMapper YAML = new YAMLMapper();

  public SegueConfig {
    kafka = Map.copyOf(kafka);
    flink = Map.copyOf(flink);
  }

  /**
   * Reads a configuration.
   *
   * @param file a YAML file; empty: only defaults and overrides
   * @param overrides {@code key=value} by path, such as {@code topics.prefix=test.}; what follows
   *     {@code kafka.} or {@code flink.} is one key; values are YAML
   * @throws ConfigException naming the path of the key, the value and the remedy
   */
  public static SegueConfig read(Optional<Path> file, Map<String, String> overrides) {
    ObjectNode tree = file.map(SegueConfig::parse).orElseGet(YAML::createObjectNode);
    overrides.forEach((path, value) -> override(tree, path, value));
    return ConfigReader.read(tree.toString(), DEFAULT);
  }

  private static ObjectNode parse(Path file) {
    JsonNode tree;
    try {
      tree = YAML.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new ConfigException("'%s' is not YAML: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read '" + file + "'", e);
    }
    if (tree.isMissingNode() || tree.isNull()) {
      return YAML.createObjectNode();
    }
    if (tree instanceof ObjectNode section) {
      return section;
    }
    throw new ConfigException("'%s' is not a section with keys".formatted(file));
  }

  private static void override(ObjectNode tree, String path, String value) {
    int dot = path.indexOf('.');
    String head = dot < 0 ? path : path.substring(0, dot);
    if (dot < 0) {
      tree.set(head, scalar(path, value));
      return;
    }
    String rest = path.substring(dot + 1);
    JsonNode below = tree.get(head);
    ObjectNode section = below instanceof ObjectNode existing ? existing : tree.putObject(head);
    if (PASSED_ON.contains(head)) {
      section.put(rest, value);
    } else {
      override(section, rest, value);
    }
  }

  private static JsonNode scalar(String path, String value) {
    try {
      return YAML.readTree(value);
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          "--set %s: '%s' is not YAML: %s".formatted(path, value, e.getOriginalMessage()), e);
    }
  }

  /** Options for a Kafka client, with the broker of this machine where none is named. */
  public Properties kafkaProperties() {
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", DEFAULT_SERVERS);
    properties.putAll(kafka);
    return properties;
  }
}
