package io.segue.model.golden;

import java.util.List;

/** All kinds of cases that are known; a case of another kind fails. */
final class GoldenKinds {
  private static final List<GoldenKind> ALL = List.of(new ModuleKind());

  private GoldenKinds() {}

  static GoldenKind of(Fixture fixture) {
    return ALL.stream()
        .filter(kind -> kind.names().contains(fixture.kind()))
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "case '%s': no test knows the kind '%s'"
                        .formatted(fixture.name(), fixture.kind())));
  }
}
