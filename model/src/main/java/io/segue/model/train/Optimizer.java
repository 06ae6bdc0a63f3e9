package io.segue.model.train;

/**
 * An update rule with its options, equal number for number to the Model Garden's (legacy Keras)
 * optimiser of the same name.
 */
public sealed interface Optimizer
    permits Sgd, Adam, AdamW, KerasAdamW, RmsProp, Adagrad, Lars, Lamb {

  /** Bounds on the gradients before the rule sees them. */
  GradientClipping clipping();

  /** Writes down the update of one parameter. */
  void write(Update update);
}
