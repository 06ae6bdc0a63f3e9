package io.segue.model.layer;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The layers of which the reference's functional decoders consist. */
public final class FunctionalLayers {
  /**
   * Keras layers that the reference's {@code nearest_upsampling} becomes, on its longest path:
   * shape, item, reshape, tile, reshape.
   */
  private static final int REPLICATE_LENGTH = 5;

  private FunctionalLayers() {}

  /** A convolution. */
  public static FunctionalModel.Node conv(FunctionalModel.Node x, Conv conv) {
    return x.weighted(conv.filters(), (layers, key, in) -> layers.conv(key, conv, in.get(0)));
  }

  /** Batch norm. */
  public static FunctionalModel.Node norm(FunctionalModel.Node x, Norm norm) {
    return x.weighted(x.channels(), (layers, key, in) -> layers.norm(key, norm, in.get(0)));
  }

  /** An activation. */
  public static FunctionalModel.Node activation(FunctionalModel.Node x, Activation activation) {
    return x.plain(1, (layers, key, in) -> activation.apply(layers.tf(), in.get(0)));
  }

  /** Pixel replication. */
  public static FunctionalModel.Node replicate(FunctionalModel.Node x, int factor) {
    return x.plain(
        REPLICATE_LENGTH,
        (layers, key, in) -> Resampling.replicate(layers.tf(), in.get(0), factor));
  }

  /** Max pooling with SAME padding, without overlap. */
  public static FunctionalModel.Node maxPool(FunctionalModel.Node x, int stride) {
    return x.plain(
        1, (layers, key, in) -> Resampling.maxPool(layers.tf(), in.get(0), stride, stride));
  }

  /** The sum of two maps. */
  public static FunctionalModel.Node add(FunctionalModel.Node a, FunctionalModel.Node b) {
    return FunctionalModel.merge(
        a.channels(),
        (layers, key, in) -> layers.tf().math.add(in.get(0), in.get(1)),
        List.of(a, b));
  }

  /** The sum of any number of maps. */
  public static FunctionalModel.Node addAll(List<FunctionalModel.Node> nodes) {
    return FunctionalModel.merge(
        nodes.get(0).channels(), (layers, key, in) -> layers.tf().math.addN(in), nodes);
  }

  /** Two maps side by side. */
  public static FunctionalModel.Node concat(FunctionalModel.Node a, FunctionalModel.Node b) {
    return FunctionalModel.merge(
        a.channels() + b.channels(),
        (layers, key, in) -> layers.tf().concat(in, layers.tf().constant(-1)),
        List.of(a, b));
  }

  /** {@code a + b · sigmoid(max of a over height and width)}. */
  public static FunctionalModel.Node attend(FunctionalModel.Node a, FunctionalModel.Node b) {
    FunctionalModel.Node gate =
        a.plain(
            2,
            (layers, key, in) ->
                layers.tf().math.sigmoid(Resampling.globalMax(layers.tf(), in.get(0))));
    FunctionalModel.Node gated =
        FunctionalModel.merge(
            b.channels(),
            (layers, key, in) -> layers.tf().math.mul(in.get(0), in.get(1)),
            List.of(b, gate));
    return add(a, gated);
  }

  /** The only channel count of a map. */
  public static int channels(Operand<TFloat32> map) {
    return Convolution.channels(map);
  }
}
