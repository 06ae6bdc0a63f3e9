package io.segue.model.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** Reads the optional scoring head over its own defaults. */
final class MaskScoringDeserializer extends JsonDeserializer<MaskScoringConfig> {
  @Override
  public MaskScoringConfig deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode given = parser.readValueAsTree();
    return ConfigReader.section(given, MaskScoringConfig.DEFAULT, "mask_scoring_head");
  }
}
