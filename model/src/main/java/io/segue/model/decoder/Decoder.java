package io.segue.model.decoder;

import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Layers;

/** Turns the backbone's feature maps into those that the head reads. */
public interface Decoder {
  /**
   * Builds the decoder.
   *
   * @param layers where weights come from
   * @param key path of the decoder's weights, such as {@code decoder}
   * @param backbone the backbone's maps
   * @throws io.segue.model.config.ConfigException if a level that it needs is missing
   */
  FeatureMaps build(Layers layers, String key, FeatureMaps backbone);
}
