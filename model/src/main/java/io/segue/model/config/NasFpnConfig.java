package io.segue.model.config;

/**
 * {@code decoder.nasfpn}; see {@code official/vision/modeling/decoders/nasfpn.py}. Levels come from
 * the model's {@code min_level} and {@code max_level}.
 *
 * @param numFilters channels of every level
 * @param numRepeats how often the seven blocks are repeated, 1 or more
 * @param useSeparableConv separable instead of plain convolutions
 */
public record NasFpnConfig(int numFilters, int numRepeats, boolean useSeparableConv)
    implements DecoderConfig {
  /** The reference's defaults. */
  public static final NasFpnConfig DEFAULT = new NasFpnConfig(256, 5, false);

  @Override
  public String type() {
    return "nasfpn";
  }
}
