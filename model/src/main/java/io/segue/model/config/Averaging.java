package io.segue.model.config;

/** How the branches of a plan (scales, flips) become one prediction. */
public enum Averaging {
  /** The arithmetic mean of the branches' softmax; one softmax a branch. */
  PROBABILITIES,
  /** The arithmetic mean of the branches' logits; cheaper, and favours the surest branch. */
  LOGITS
}
