package io.segue.model.experiment;

import io.segue.model.config.ConfigException;
import java.util.List;

/**
 * {@code image_feature} of {@code train_data} and {@code validation_data}, with the reference's
 * keys and defaults: under which key a record holds its image.
 *
 * @param featureName key of the encoded image in a {@code tf.Example}
 * @param numChannels 3
 * @param mean of the normalisation, which is fixed
 * @param stddev of the normalisation, which is fixed
 */
public record ImageFeature(
    String featureName, int numChannels, List<Double> mean, List<Double> stddev) {
  /** The reference's defaults. */
  static final ImageFeature DEFAULT =
      new ImageFeature(
          "image/encoded", 3, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  public ImageFeature {
    mean = List.copyOf(mean);
    stddev = List.copyOf(stddev);
  }

  void check(String section) {
    if (featureName.isBlank()) {
      throw new ConfigException(
          section + "feature_name: blank; write the key of the image, such as image/encoded");
    }
    if (numChannels != DEFAULT.numChannels()) {
      throw new ConfigException(
          section
              + "num_channels: %d; images are decoded to 3 channels, write 3"
                  .formatted(numChannels));
    }
    if (!mean.equals(DEFAULT.mean()) || !stddev.equals(DEFAULT.stddev())) {
      throw new ConfigException(
          section
              + "mean %s and stddev %s: serving normalises by %s and %s, remove them"
                  .formatted(mean, stddev, DEFAULT.mean(), DEFAULT.stddev()));
    }
  }
}
