package io.segue.model.train;

/** Hears of a training run's progress, on the training thread. */
@FunctionalInterface
public interface TrainingListener {

  /** Hears nothing. */
  TrainingListener NONE = (step, steps, loss, learningRate) -> {};

  /**
   * A step is done.
   *
   * @param step number of steps done, from 1
   * @param steps number of steps of the whole run
   * @param loss of the step, weight decay included
   * @param learningRate of the step
   */
  void onStep(long step, long steps, double loss, double learningRate);

  /**
   * The network was scored.
   *
   * @param step number of steps done
   * @param score as the job's {@link Validation} gives it
   */
  default void onValidation(long step, double score) {}
}
