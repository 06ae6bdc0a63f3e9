package io.segue.model.golden;

import com.fasterxml.jackson.databind.JsonNode;

/** How far a value may be off: {@code atol + rtol * |expected|}; both 0: not at all. */
public record Tolerance(double atol, double rtol) {

  public static final Tolerance EXACT = new Tolerance(0, 0);

  /** Reads {@code {atol, rtol}} or the word {@code exact}. */
  public static Tolerance of(JsonNode node) {
    if (node.isTextual() && node.asText().startsWith("exact")) {
      return EXACT;
    }
    if (!node.has("atol") && !node.has("rtol")) {
      throw new IllegalArgumentException("no tolerance in " + node);
    }
    return new Tolerance(node.path("atol").asDouble(0), node.path("rtol").asDouble(0));
  }
}
