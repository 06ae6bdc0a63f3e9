package io.segue.model.config;

/**
 * {@code decoder.fpn}; see {@code official/vision/modeling/decoders/fpn.py}. Levels come from the
 * model's {@code min_level} and {@code max_level}.
 *
 * @param numFilters channels of every level
 * @param fusionType {@code sum} or {@code concat}
 * @param useSeparableConv separable instead of plain convolutions
 * @param useKerasLayer how the reference names its layers; changes no value and no key
 */
public record FpnConfig(
    int numFilters, String fusionType, boolean useSeparableConv, boolean useKerasLayer)
    implements DecoderConfig {
  /** The reference's defaults. */
  public static final FpnConfig DEFAULT = new FpnConfig(256, "sum", false, false);

  @Override
  public String type() {
    return "fpn";
  }
}
