package io.segue.model.train;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which parameters weight decay (or layer adaptation) leaves out. An expression is searched in the
 * parameter's name with {@code :0} appended, as the reference does.
 *
 * @param include parameters that are decayed in any case; an include list alone restricts nothing
 * @param exclude others that are not
 */
record DecayFilter(List<String> include, List<String> exclude) {
  boolean applies(String name) {
    return matches(include, name) || !matches(exclude, name);
  }

  private static boolean matches(List<String> expressions, String name) {
    return expressions.stream()
        .anyMatch(expression -> Pattern.compile(expression).matcher(name + ":0").find());
  }
}
