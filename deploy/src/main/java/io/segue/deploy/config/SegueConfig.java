package io.segue.deploy.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.segue.deploy.job.LearnJobOptions;
import io.segue.deploy.job.SegmentJobOptions;
import io.segue.model.config.ConfigException;
import io.segue.model.config.ConfigReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
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
 * @param registry where models are kept, a Flink file system path; both jobs need it
 * @param payloads where records too large for their topic are kept; both jobs need it
 * @param streams which streams use which model; the segment job needs at least one section
 * @param segment what concerns the segment job alone
 * @param learn what concerns the learn job alone
 */
public record SegueConfig(
    Map<String, String> kafka,
    Map<String, String> flink,
    TopicsConfig topics,
    String registry,
    String payloads,
    List<StreamConfig> streams,
    SegmentConfig segment,
    LearnConfig learn) {
  /** The broker of this machine, and nothing of what has no default. */
  public static final SegueConfig DEFAULT =
      new SegueConfig(
          Map.of(),
          Map.of(),
          TopicsConfig.DEFAULT,
          "",
          "",
          List.of(),
          SegmentConfig.DEFAULT,
          LearnConfig.DEFAULT);

  private static final String SERVERS = "bootstrap.servers";
  private static final String DEFAULT_SERVERS = "127.0.0.1:9092";
  private static final List<String> PASSED_ON = List.of("kafka", "flink");
  private static final YAMLMapper YAML = new YAMLMapper();

  public SegueConfig {
    kafka = Map.copyOf(kafka);
    flink = Map.copyOf(flink);
    streams = List.copyOf(streams);
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

  static String required(String path, String value) {
    if (value.isBlank()) {
      throw missing(path);
    }
    return value;
  }

  static ConfigException missing(String path) {
    return new ConfigException(
        "%s: missing; give it in the --config file or as --set %s=…".formatted(path, path));
  }

  /** What the segment job is told. */
  public SegmentJobOptions segmentJob() {
    return segment.options(this);
  }

  /** What the learn job is told. */
  public LearnJobOptions learnJob() {
    return learn.options(this);
  }

  /** Where models are kept; missing it is an error. */
  public String registryRoot() {
    return required("registry", registry);
  }

  /** Where jobs in this process keep checkpoints unless an option of Flink names a place. */
  public String checkpoints() {
    return required("payloads", payloads) + "/.checkpoints";
  }

  /** As {@link #kafkaProperties()}, as a map. */
  Map<String, String> kafkaClient() {
    Map<String, String> options = new HashMap<>(kafka);
    options.putIfAbsent(SERVERS, DEFAULT_SERVERS);
    return options;
  }

  /** Options for a Kafka client, with the broker of this machine where none is named. */
  public Properties kafkaProperties() {
    Properties properties = new Properties();
    properties.putAll(kafkaClient());
    return properties;
  }
}
