package io.segue.model.config;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.List;
import java.util.Optional;

/**
 * A network: {@code task.model} of the reference's configuration, with its keys and defaults.
 *
 * @param numClasses classes of the logits, 1 or more
 * @param inputSize {@code [height, width, channels]} or empty; -1 (in YAML: null) where any size
 *     goes
 * @param minLevel finest level of an FPN or NAS-FPN decoder
 * @param maxLevel coarsest level of it
 * @param head predicts logits
 * @param backbone image to features
 * @param decoder features to features
 * @param maskScoringHead predicts the IoU of each class's mask
 * @param normActivation batch norm and activation of all parts
 */
public record SegmentationModelConfig(
    int numClasses,
    @JsonDeserialize(using = InputSizeDeserializer.class) List<Integer> inputSize,
    int minLevel,
    int maxLevel,
    SegmentationHeadConfig head,
    BackboneConfig backbone,
    DecoderConfig decoder,
    @JsonDeserialize(contentUsing = MaskScoringDeserializer.class)
        Optional<MaskScoringConfig> maskScoringHead,
    NormActivationConfig normActivation) {
  /** The reference's defaults; {@code num_classes} has to be given. */
  public static final SegmentationModelConfig DEFAULT =
      new SegmentationModelConfig(
          0,
          List.of(),
          3,
          6,
          SegmentationHeadConfig.DEFAULT,
          ResNetConfig.DEFAULT,
          new DecoderConfig.Identity(),
          Optional.empty(),
          NormActivationConfig.DEFAULT);

  public SegmentationModelConfig {
    inputSize = List.copyOf(inputSize);
    if (numClasses < 0) {
      throw new ConfigException("num_classes: %d is negative".formatted(numClasses));
    }
    if (minLevel > maxLevel) {
      throw new ConfigException(
          "min_level: %d is above max_level %d".formatted(minLevel, maxLevel));
    }
  }

  /**
   * Reads YAML or JSON; keys left out take the defaults.
   *
   * @throws ConfigException naming the path of an unknown key (with the nearest known one) or of a
   *     value of the wrong type
   */
  public static SegmentationModelConfig parse(String yaml) {
    return ConfigReader.read(yaml, DEFAULT);
  }
}
