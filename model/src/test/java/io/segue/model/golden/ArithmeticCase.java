package io.segue.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.layer.Filters;

/** The table of channel counts, repeats and drop rates. */
final class ArithmeticCase {
  private ArithmeticCase() {}

  static void compare(Fixture fixture, Deviations deviations) {
    JsonNode json = fixture.description();
    for (JsonNode row : json.path("make_divisible")) {
      int divisor = row.get(1).asInt();
      deviations.check(
          "make_divisible " + row,
          Filters.divisible(row.get(0).asDouble(), divisor, divisor, row.get(2).asBoolean()),
          row.get(3).asInt(),
          0,
          0);
    }
    for (JsonNode row : json.path("round_filters")) {
      deviations.check(
          "round_filters " + row,
          Filters.scaled(row.get(0).asInt(), row.get(1).asDouble(0)),
          row.get(2).asInt(),
          0,
          0);
    }
    for (JsonNode row : json.path("round_repeats")) {
      deviations.check(
          "round_repeats " + row,
          Filters.repeats(row.get(0).asInt(), row.get(1).asDouble(0)),
          row.get(2).asInt(),
          0,
          0);
    }
    for (JsonNode row : json.path("stochastic_depth_rate")) {
      deviations.check(
          "stochastic_depth_rate " + row,
          Filters.dropRate(row.get(0).asDouble(0), row.get(1).asInt(), row.get(2).asInt()),
          row.get(3).asDouble(0),
          1e-16,
          1e-15);
    }
  }
}
