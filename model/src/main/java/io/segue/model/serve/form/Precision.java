package io.segue.model.serve.form;

import com.fasterxml.jackson.annotation.JsonProperty;

/** In what numbers a network serves. */
public enum Precision {
  /** {@link #BFLOAT16} for each version whose pixels agree with those in float32 well enough. */
  @JsonProperty("auto")
  AUTO,
  /** Float32 always: exact, and where the processor multiplies bfloat16 half as fast. */
  @JsonProperty("float32")
  FLOAT32,
  /** Bfloat16 wherever the processor multiplies it, whatever becomes of the pixels. */
  @JsonProperty("bfloat16")
  BFLOAT16
}
