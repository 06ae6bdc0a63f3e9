package io.segue.model.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code task}, with the reference's keys and defaults.
 *
 * @param model the network
 * @param trainData what it learns from
 * @param validationData what it is scored on
 * @param losses what is minimised
 * @param initCheckpoint checkpoint of the reference, or a model directory, to start from
 * @param initCheckpointModules {@code all}, or some of {@code backbone}, {@code decoder}
 * @param taxonomy names and colours of the classes; where absent they are numbered. The reference
 *     has no such key
 */
public record TaskConfig(
    SegmentationModelConfig model,
    DataConfig trainData,
    DataConfig validationData,
    LossesConfig losses,
    Optional<String> initCheckpoint,
    Modules initCheckpointModules,
    Optional<Taxonomy> taxonomy) {
  /** The reference's defaults. */
  static final TaskConfig DEFAULT =
      new TaskConfig(
          SegmentationModelConfig.DEFAULT,
          DataConfig.TRAINING,
          DataConfig.VALIDATION,
          LossesConfig.DEFAULT,
          Optional.empty(),
          new Modules(List.of("all")),
          Optional.empty());

  /** Parts of a network, written as one name or a list of names. */
  public record Modules(List<String> names) {
    public Modules {
      names = List.copyOf(names);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Modules read(JsonNode node) {
      List<String> names = new ArrayList<>();
      if (node.isTextual()) {
        names.add(node.textValue());
      }
      node.forEach(each -> names.add(each.asText()));
      return new Modules(names);
    }

    @JsonValue
    List<String> written() {
      return names;
    }
  }
}
