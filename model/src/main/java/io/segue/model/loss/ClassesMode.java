package io.segue.model.loss;

/** Over which classes a loss by class is averaged. */
public enum ClassesMode {
  /** Those with at least one valid true pixel; none: the loss is 0. */
  PRESENT,
  /** All, whether the truth has them or not. */
  ALL
}
