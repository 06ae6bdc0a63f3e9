package io.segue.model.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** The comparisons of one case: each within its tolerance, and the largest as a share of it. */
public final class Deviations {
  private double largest;
  private long values;
  private String where = "";

  /**
   * Compares {@code count} values: {@code |actual - expected|} may be {@code absolute + relative ·
   * |expected|}.
   */
  public void check(
      String what,
      int count,
      IntToDoubleFunction actual,
      IntToDoubleFunction expected,
      double absolute,
      double relative) {
    for (int i = 0; i < count; i++) {
      double a = actual.applyAsDouble(i);
      double e = expected.applyAsDouble(i);
      double difference = a == e ? 0 : Math.abs(a - e);
      double allowed = absolute + relative * Math.abs(e);
      double share = difference == 0 ? 0 : difference / allowed;
      if (!(share <= largest)) {
        largest = share;
        where = what + "[" + i + "]: " + a + " where " + e + " ± " + allowed;
      }
      if (!(share <= 1)) {
        throw new AssertionError(
            "%s[%d] is %s, expected %s within %s".formatted(what, i, a, e, allowed));
      }
    }
    values += count;
  }

  /** Compares whole arrays. */
  public void check(
      String what, double[] actual, double[] expected, double absolute, double relative) {
    assertThat(actual.length).as(what + " has as many values").isEqualTo(expected.length);
    check(what, expected.length, i -> actual[i], i -> expected[i], absolute, relative);
  }

  /** Compares one value. */
  public void check(String what, double actual, double expected, double absolute, double relative) {
    check(what, 1, i -> actual, i -> expected, absolute, relative);
  }

  /** Demands equal values. */
  public void checkEqual(String what, long[] actual, long[] expected) {
    assertThat(actual).as(what).isEqualTo(expected);
    values += expected.length;
  }

  /** Demands equal texts. */
  public void checkEqual(String what, Object actual, Object expected) {
    assertThat(actual).as(what).isEqualTo(expected);
    values++;
  }

  /** The largest deviation as a share of its tolerance, 0 to 1. */
  public double largest() {
    return largest;
  }

  /** How many values were compared. */
  public long values() {
    return values;
  }

  /** Where the largest deviation lies. */
  public String where() {
    return where;
  }

  static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }
}
