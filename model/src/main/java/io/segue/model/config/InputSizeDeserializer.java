package io.segue.model.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code [null, null, 3]} as {@code [-1, -1, 3]}. */
final class InputSizeDeserializer extends JsonDeserializer<List<Integer>> {
  @Override
  public List<Integer> deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode tree = parser.readValueAsTree();
    List<Integer> sizes = new ArrayList<>();
    for (JsonNode size : tree) {
      if (!size.isNull() && !size.isInt()) {
        context.reportInputMismatch(List.class, "'%s' is not a whole number or null", size);
      }
      sizes.add(size.isNull() ? -1 : size.intValue());
    }
    return sizes;
  }
}
