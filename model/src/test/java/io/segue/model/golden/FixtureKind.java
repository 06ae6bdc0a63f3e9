package io.segue.model.golden;

import java.util.Set;

/** The cases of one kind that hold arrays of figures and a list of variants. */
public abstract class FixtureKind implements GoldenKind {

  /** The {@code kind} in {@code case.json}. */
  public abstract String name();

  /** Builds what the case describes and compares it. */
  public abstract void compare(GoldenCase fixture, Comparison comparison) throws Exception;

  @Override
  public final Set<String> names() {
    return Set.of(name());
  }

  @Override
  public final void compare(Fixture fixture, Deviations deviations) throws Exception {
    compare(GoldenCase.of(fixture), new Comparison(deviations));
  }
}
