package io.segue.model.layer;

import io.segue.model.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Sums all levels at the size of one of them, enlarged bilinearly ({@code pyramid_feature_fusion}
 * of the reference's {@code nn_layers.py}).
 */
public final class PyramidFusion {
  private PyramidFusion() {}

  /**
   * Builds the fusion.
   *
   * @param targetLevel at most the finest level; maps are only enlarged
   * @throws ConfigException for a coarser target
   */
  public static Operand<TFloat32> build(Layers layers, FeatureMaps maps, int targetLevel) {
    Ops tf = layers.tf();
    NavigableMap<Integer, Operand<TFloat32>> levels = maps.numbered();
    if (levels.isEmpty() || targetLevel > levels.firstKey()) {
      throw new ConfigException(
          "head.level: pyramid_fusion to level %d needs no finer map, there are levels %s; set it to"
                  .formatted(targetLevel, levels.keySet())
              + " the finest one");
    }
    List<Operand<TFloat32>> resized = new ArrayList<>();
    for (Map.Entry<Integer, Operand<TFloat32>> level : levels.entrySet()) {
      Operand<TFloat32> map = level.getValue();
      if (level.getKey() > targetLevel) {
        Operand<TInt32> factor = tf.constant(1 << (level.getKey() - targetLevel));
        map = Resampling.bilinear(tf, map, tf.math.mul(Resampling.size(tf, map), factor));
      }
      resized.add(map);
    }
    return tf.math.addN(resized);
  }
}
