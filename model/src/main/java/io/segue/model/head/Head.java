package io.segue.model.head;

import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Turns feature maps into logits. */
public interface Head {
  /**
   * Builds the head.
   *
   * @param layers where weights come from
   * @param key path of the head's weights, such as {@code head}
   * @param backbone the backbone's maps
   * @param decoder the decoder's maps; the backbone's where there is no decoder
   * @return {@code [batch, height, width, classes]} at the head's own resolution
   * @throws io.segue.model.config.ConfigException if a map that it needs is missing
   */
  Operand<TFloat32> build(Layers layers, String key, FeatureMaps backbone, FeatureMaps decoder);
}
