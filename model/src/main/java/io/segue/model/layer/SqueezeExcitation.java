package io.segue.model.layer;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Channel attention (Hu et al. 2018): the global mean through two 1×1 convolutions gates each
 * channel. Weights below {@code key}: {@code _se_reduce}, {@code _se_expand}.
 *
 * @param reducedFilters channels between the two convolutions
 * @param filters channels out, equal to those in
 * @param inner activation between them
 * @param gate activation of the result
 */
public record SqueezeExcitation(
    int reducedFilters, int filters, Activation inner, Activation gate) {

  /** With {@code ratio} of {@code base} channels, at least 1, as a multiple of {@code divisor}. */
  public static SqueezeExcitation of(
      int base,
      int filters,
      double ratio,
      int divisor,
      boolean protect,
      Activation inner,
      Activation gate) {
    int reduced = Filters.divisible(Math.max(1, (int) (base * ratio)), divisor, divisor, protect);
    return new SqueezeExcitation(reduced, filters, inner.asFunction(), gate.asFunction());
  }

  /** The gated map. */
  public Operand<TFloat32> build(Layers layers, String key, Operand<TFloat32> x) {
    Operand<TFloat32> mean = Resampling.globalMean(layers.tf(), x);
    Operand<TFloat32> reduced =
        layers.conv(key + "/_se_reduce", Conv.of(reducedFilters, 1).withBias(), mean);
    Operand<TFloat32> expanded =
        layers.conv(
            key + "/_se_expand", Conv.of(filters, 1).withBias(), inner.apply(layers.tf(), reduced));
    return layers.tf().math.mul(x, gate.apply(layers.tf(), expanded));
  }
}
