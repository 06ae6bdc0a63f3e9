package io.segue.model.backbone;

import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Turns an image into feature maps by level. */
public interface Backbone {
  /**
   * Builds the backbone.
   *
   * @param layers where weights come from
   * @param key path of the backbone's weights, such as {@code backbone}
   * @param image normalised, {@code [batch, height, width, channels]}
   * @return at least one level
   */
  FeatureMaps build(Layers layers, String key, Operand<TFloat32> image);

  /** Pixels of the image per pixel of the coarsest map, which also is the smallest image side. */
  int stride();
}
