package io.segue.deploy.cli;

import io.segue.model.config.ModelSpec;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An input size written as HEIGHTxWIDTH. */
final class InputSize {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})[x×](\\d{1,5})");

  private InputSize() {}

  /** The spec with another input size, if one is given. */
  static ModelSpec applied(Optional<String> text, ModelSpec spec) {
    if (text.isEmpty()) {
      return spec;
    }
    Matcher size = SIZE.matcher(text.get());
    if (!size.matches()) {
      throw new CommandFailedException(
          "--input-size '%s' is not HEIGHTxWIDTH, such as 240x320".formatted(text.get()));
    }
    return new ModelSpec(
        spec.name(),
        spec.network(),
        Integer.parseInt(size.group(1)),
        Integer.parseInt(size.group(2)),
        spec.taxonomy());
  }
}
