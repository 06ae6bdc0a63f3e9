package io.segue.model.golden;

import java.util.Set;

/** How the cases of some kinds are built and compared. */
public interface GoldenKind {
  /** The values of {@code kind} in {@code case.json} that it reads. */
  Set<String> names();

  /** Builds what the case describes and compares every value that it holds. */
  void compare(Fixture fixture, Deviations deviations) throws Exception;
}
