package io.segue.model.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.segue.model.config.ConfigException;
import io.segue.model.config.ConfigReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * {@code trainer.optimizer_config} of the reference's configuration: update rule, learning rate
 * with warm-up, and moving averages, under the reference's keys and defaults.
 *
 * @param optimizer {@code optimizer: {type: T, T: {…}}}
 * @param schedule {@code learning_rate: {type: T, T: {…}}} after {@code warmup: {type: T, T: {…}}}
 * @param average {@code ema}, if given
 */
public record OptimizerConfig(
    Optimizer optimizer, Schedule schedule, Optional<MovingAverage> average) {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final List<String> CLIPPING = List.of("clipnorm", "clipvalue", "global_clipnorm");

  /** Keras' keys of every optimiser. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "decay", "write a learning_rate that falls instead",
          "weight_decay", "write task.losses.l2_weight_decay, or weight_decay_rate of adamw");

  private static final Optimizer PLAIN_SGD = new Sgd(0, false, GradientClipping.NONE);

  private static final Map<String, Optimizer> OPTIMIZERS =
      Map.of(
          "sgd", PLAIN_SGD,
          "adam", Adam.DEFAULT,
          "adamw", AdamW.DEFAULT,
          "adamw_experimental", KerasAdamW.DEFAULT,
          "rmsprop", RmsProp.DEFAULT,
          "adagrad", Adagrad.DEFAULT,
          "lars", Lars.DEFAULT,
          "lamb", Lamb.DEFAULT);

  private static final Map<String, Schedule> SCHEDULES =
      Map.of(
          "constant", new Schedule.Constant(0),
          "polynomial", new Schedule.Polynomial(0, 0, 1e-4, 1, false, 0),
          "cosine", new Schedule.Cosine(0, 0, 0, 0),
          "exponential", new Schedule.Exponential(0, 0, 0, false, 0),
          "stepwise", new Schedule.Stepwise(List.of(), List.of(0.0), 0));

  private static final Map<String, Warmup> WARMUPS =
      Map.of("linear", new Warmup.Linear(0, 0), "polynomial", new Warmup.Polynomial(1, 0));

  /** How a schedule begins. */
  private sealed interface Warmup {
    Schedule before(Schedule after);

    record Linear(double warmupLearningRate, int warmupSteps) implements Warmup {
      @Override
      public Schedule before(Schedule after) {
        return new Schedule.LinearWarmup(after, warmupLearningRate, warmupSteps);
      }
    }

    record Polynomial(double power, int warmupSteps) implements Warmup {
      @Override
      public Schedule before(Schedule after) {
        return new Schedule.PolynomialWarmup(after, power, warmupSteps);
      }
    }
  }

  /**
   * Reads YAML or JSON.
   *
   * @throws ConfigException naming the path of an unknown key or type
   */
  public static OptimizerConfig parse(String yaml) {
    try {
      return of(YAML.readTree(yaml));
    } catch (JsonProcessingException e) {
      throw new ConfigException("not readable as YAML: " + e.getOriginalMessage(), e);
    }
  }

  private static OptimizerConfig of(JsonNode section) {
    requireOnly(section, List.of("optimizer", "learning_rate", "warmup", "ema"), "");
    Schedule rates = variant(section, "learning_rate", SCHEDULES);
    Schedule schedule =
        section.hasNonNull("warmup") ? variant(section, "warmup", WARMUPS).before(rates) : rates;
    Optional<MovingAverage> average =
        section.hasNonNull("ema")
            ? Optional.of(read(section.get("ema"), MovingAverage.DEFAULT, "ema"))
            : Optional.empty();
    return new OptimizerConfig(
        section.has("optimizer") ? optimizer(section) : PLAIN_SGD, schedule, average);
  }

  /** The reference writes the bounds on gradients among an optimiser's own options. */
  private static Optimizer optimizer(JsonNode section) {
    ObjectNode copy = section.deepCopy();
    JsonNode options = copy.path("optimizer").path(type(copy, "optimizer"));
    ObjectNode bounds = YAML.createObjectNode();
    if (options instanceof ObjectNode own) {
      for (String key : CLIPPING) {
        if (own.has(key)) {
          bounds.set(key, own.remove(key));
        }
      }
      if (!bounds.isEmpty()) {
        own.set("clipping", bounds);
      }
    }
    return variant(copy, "optimizer", OPTIMIZERS);
  }

  private static String type(JsonNode section, String key) {
    return section.path(key).path("type").asText();
  }

  private static <T> T variant(JsonNode section, String key, Map<String, T> defaults) {
    String type = type(section, key);
    T known = defaults.get(type);
    if (known == null) {
      throw new ConfigException(
          "%s.type: '%s' is not one of %s".formatted(key, type, new TreeSet<>(defaults.keySet())));
    }
    requireOnly(section.get(key), List.of("type", type), key + ".");
    JsonNode options = section.get(key).path(type);
    return options.isObject() ? read(options, known, key + "." + type) : known;
  }

  private static <T> T read(JsonNode options, T defaults, String path) {
    ObjectNode known = options.deepCopy();
    // Keras' name of the object, which changes nothing.
    known.remove("name");
    REFUSED.forEach(
        (key, advice) -> {
          if (known.has(key) && !(defaults instanceof KerasAdamW)) {
            throw new ConfigException("%s.%s: not known here, %s".formatted(path, key, advice));
          }
        });
    try {
      return ConfigReader.read(known.toString(), defaults);
    } catch (ConfigException e) {
      throw new ConfigException(path + "." + e.getMessage(), e);
    }
  }

  private static void requireOnly(JsonNode section, List<String> keys, String path) {
    List<String> unknown = new ArrayList<>();
    section.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(keys);
    if (!unknown.isEmpty()) {
      throw new ConfigException(
          "%s%s: unknown key; known here are %s".formatted(path, unknown.get(0), keys));
    }
  }
}
