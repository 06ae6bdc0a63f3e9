package io.segue.model.serve;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.network.SegmentationModel;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;

/**
 * The weights that a network needs. They are found by building it, which takes longer than to read
 * them, and one version after the other is of the same network: the latest is remembered.
 */
final class NetworkWeights {
  private record Known(
      SegmentationModelConfig network, int height, int width, Map<String, Shape> shapes) {
    boolean is(ModelSpec spec) {
      return network.equals(spec.network())
          && height == spec.inputHeight()
          && width == spec.inputWidth();
    }
  }

  private static volatile @Nullable Known latest;

  private NetworkWeights() {}

  /** Shapes by checkpoint key. */
  static Map<String, Shape> of(ModelSpec spec) {
    Known known = latest;
    if (known == null || !known.is(spec)) {
      int height = spec.inputHeight();
      int width = spec.inputWidth();
      known =
          new Known(
              spec.network(),
              height,
              width,
              SegmentationModel.of(spec.network()).weights(height, width));
      latest = known;
    }
    return known.shapes;
  }
}
