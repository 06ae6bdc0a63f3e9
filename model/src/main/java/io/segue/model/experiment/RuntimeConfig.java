package io.segue.model.experiment;

import io.segue.model.config.ConfigException;

/**
 * {@code runtime}: of the reference's keys the one that means something in one process.
 *
 * @param mixedPrecisionDtype {@code float32}, the default, or {@code bfloat16}: multiplications in
 *     bfloat16 where the processor has it, weights in float32
 */
public record RuntimeConfig(String mixedPrecisionDtype) {
  /** Float32. */
  static final RuntimeConfig DEFAULT = new RuntimeConfig("float32");

  boolean bfloat16() {
    return switch (mixedPrecisionDtype) {
      case "", "float32" -> false;
      case "bfloat16" -> true;
      default ->
          throw new ConfigException(
              "runtime.mixed_precision_dtype: '%s' is unknown; write float32 or bfloat16"
                  .formatted(mixedPrecisionDtype));
    };
  }
}
