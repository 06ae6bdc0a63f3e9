package io.segue.model.serve;

/** In what numbers a network serves. */
public enum Precision {
  /** {@link #BFLOAT16} for each version whose pixels agree with those in float32 well enough. */
  AUTO,
  /** Float32 always: exact, and where the processor multiplies bfloat16 half as fast. */
  FLOAT32,
  /** Bfloat16 wherever the processor multiplies it, whatever becomes of the pixels. */
  BFLOAT16
}
