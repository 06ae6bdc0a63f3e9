package io.segue.model.config;

import java.util.List;

/**
 * What builds a network for a taxonomy: written as {@code spec.json} beside a model's weights.
 *
 * <p>Frames are resized (bilinear) to {@code inputHeight} × {@code inputWidth} inside the graph,
 * and logits back to the frame's own size.
 *
 * <p>A network whose backbone is of type {@code saved_model} has no parts to build: the SavedModel
 * beside the spec is run as it is.
 *
 * @param name the model's name, not blank
 * @param network the network's parts; its {@code num_classes} is the taxonomy's size
 * @param inputHeight pixels, 1 or more
 * @param inputWidth pixels, 1 or more
 * @param taxonomy the classes it predicts
 */
public record ModelSpec(
    String name,
    SegmentationModelConfig network,
    int inputHeight,
    int inputWidth,
    Taxonomy taxonomy) {
  /** The backbone's type of a network that only its SavedModel knows. */
  public static final String SAVED_MODEL = "saved_model";

  private static final ModelSpec ANY =
      new ModelSpec(
          "model",
          ConfigReader.read("num_classes: 1", SegmentationModelConfig.DEFAULT),
          1,
          1,
          new Taxonomy("taxonomy", 1, List.of(new TaxonomyClass("class", 0)), 255));

  public ModelSpec {
    if (name.isBlank()) {
      throw new ConfigException("a model spec has a blank name; give it one");
    }
    if (inputHeight < 1 || inputWidth < 1) {
      throw new ConfigException(
          "model '%s': input size %d×%d must be positive".formatted(name, inputHeight, inputWidth));
    }
    if (network.numClasses() != taxonomy.size()) {
      throw new ConfigException(
          "model '%s': num_classes is %d, but taxonomy '%s' has %d classes; make them equal"
              .formatted(name, network.numClasses(), taxonomy.id(), taxonomy.size()));
    }
  }

  /** What a SavedModel from elsewhere needs beside its graph. */
  public static ModelSpec ofSavedModel(
      String name, int inputHeight, int inputWidth, Taxonomy taxonomy) {
    String network =
        "{num_classes: %d, backbone: {type: %s}}".formatted(taxonomy.size(), SAVED_MODEL);
    return new ModelSpec(
        name, SegmentationModelConfig.parse(network), inputHeight, inputWidth, taxonomy);
  }

  /** Whether the SavedModel itself is run, because there are no parts to build a network from. */
  public boolean runsAsItIs() {
    return network.backbone().type().equals(SAVED_MODEL);
  }

  /** The spec as JSON; {@link #fromJson} reads it back to an equal spec. */
  public String toJson() {
    return ConfigReader.write(this);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws ConfigException naming the key that is unknown or wrong
   */
  public static ModelSpec fromJson(String json) {
    return ConfigReader.read(json, ANY);
  }
}
