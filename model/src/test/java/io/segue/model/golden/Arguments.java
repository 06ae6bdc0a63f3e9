package io.segue.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.segue.model.config.ConfigReader;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.layer.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Constructor arguments of a reference class, as our configurations read them. */
record Arguments(JsonNode json) {
  /** Arguments of every class that become a {@link NormActivationConfig}, or are no option. */
  private static final Set<String> SHARED =
      Set.of("activation", "use_sync_bn", "norm_momentum", "norm_epsilon", "input_specs");

  NormActivationConfig style() {
    return new NormActivationConfig(
        text("activation", "relu"),
        flag("use_sync_bn", false),
        json.path("norm_momentum").asDouble(0.99),
        json.path("norm_epsilon").asDouble(0.001));
  }

  /** The other arguments, over {@code defaults}; a name that it lacks is an error. */
  <T> T over(T defaults, String... except) {
    ObjectNode own = json.deepCopy();
    own.remove(SHARED);
    own.remove(List.of(except));
    return ConfigReader.read(own.toString(), defaults);
  }

  /** The same without one of them. */
  Arguments without(String name) {
    ObjectNode rest = json.deepCopy();
    rest.remove(name);
    return new Arguments(rest);
  }

  /** The same with one of them under the name that the configuration has for it. */
  Arguments renamed(String name, String to) {
    ObjectNode renamed = json.deepCopy();
    if (json.has(name)) {
      renamed.set(to, renamed.remove(name));
    }
    return new Arguments(renamed);
  }

  boolean isNull(String name) {
    return json.path(name).isNull();
  }

  boolean has(String name) {
    return json.hasNonNull(name);
  }

  int number(String name, int byDefault) {
    return json.path(name).asInt(byDefault);
  }

  double real(String name, double byDefault) {
    return json.path(name).asDouble(byDefault);
  }

  boolean flag(String name, boolean byDefault) {
    return json.path(name).asBoolean(byDefault);
  }

  String text(String name, String byDefault) {
    return json.path(name).asText(byDefault);
  }

  Activation activation(String name, String byDefault) {
    return Activation.named(text(name, byDefault));
  }

  /** Two sizes; one number stands for both. */
  List<Integer> pair(String name) {
    JsonNode value = json.path(name);
    return value.isArray()
        ? List.of(value.get(0).asInt(), value.get(1).asInt())
        : List.of(value.asInt(), value.asInt());
  }

  List<Integer> numbers(String name) {
    List<Integer> numbers = new ArrayList<>();
    json.path(name).forEach(it -> numbers.add(it.asInt()));
    return numbers;
  }
}
