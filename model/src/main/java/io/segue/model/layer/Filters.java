package io.segue.model.layer;

import io.segue.model.config.ConfigException;

/** Arithmetic of channel counts, repeats and drop rates, as the reference does it. */
public final class Filters {
  private Filters() {}

  /**
   * The multiple of {@code divisor} nearest to {@code value}, at least {@code least}; with {@code
   * protect} one more where rounding took away over a tenth.
   */
  public static int divisible(double value, int divisor, int least, boolean protect) {
    int rounded = Math.max(least, (int) (value + divisor / 2.0) / divisor * divisor);
    return protect && rounded < 0.9 * value ? rounded + divisor : rounded;
  }

  /** As above, at least one {@code divisor}, protected. */
  public static int divisible(double value, int divisor) {
    return divisible(value, divisor, divisor, true);
  }

  /** {@code filters} times {@code multiplier} as a multiple of 8; unchanged for a factor of 0. */
  public static int scaled(int filters, double multiplier) {
    return multiplier == 0 ? filters : divisible(filters * multiplier, 8);
  }

  /** {@code repeats} times {@code multiplier}, rounded up; unchanged for a factor of 0. */
  public static int repeats(int repeats, double multiplier) {
    return multiplier == 0 ? repeats : (int) Math.ceil(multiplier * repeats);
  }

  /**
   * The drop rate of block {@code index} of {@code count} when it grows linearly to {@code rate}.
   *
   * @throws ConfigException for a rate outside 0 to 1
   */
  public static double dropRate(double rate, int index, int count) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new ConfigException("stochastic_depth_drop_rate: %s is outside 0 to 1".formatted(rate));
    }
    return rate * index / count;
  }
}
