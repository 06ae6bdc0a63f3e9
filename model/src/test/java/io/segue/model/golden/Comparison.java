package io.segue.model.golden;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Compares figures within a {@link Tolerance}. */
public final class Comparison {
  private final Deviations deviations;

  Comparison(Deviations deviations) {
    this.deviations = deviations;
  }

  /** Compares one number; NaN agrees with NaN. */
  public void number(String what, double actual, double expected, Tolerance tolerance) {
    if (Double.isNaN(expected)) {
      equal(what, actual, expected);
    } else {
      deviations.check(what, actual, expected, tolerance.atol(), tolerance.rtol());
    }
  }

  /** Compares arrays element by element. */
  public void array(String what, float[] actual, GoldenTensor expected, Tolerance tolerance) {
    array(what, Deviations.doubles(actual), expected.values(), tolerance);
  }

  /** Compares arrays element by element. */
  public void array(String what, double[] actual, double[] expected, Tolerance tolerance) {
    equal(what + ", number of values", actual.length, expected.length);
    for (int i = 0; i < actual.length; i++) {
      number(what + "[" + i + "]", actual[i], expected[i], tolerance);
    }
  }

  /** Demands equality. */
  public void equal(String what, Object actual, Object expected) {
    deviations.checkEqual(what, actual, expected);
  }

  /** Demands that something is refused. */
  public void refused(String what, Runnable attempt) {
    assertThatIllegalArgumentException().as(what).isThrownBy(attempt::run);
    equal(what, "refused", "refused");
  }
}
