package io.segue.model.train;

import java.util.List;

/**
 * A training run that cannot go on: says at which step and on which examples. The last checkpoint,
 * if the job keeps any, is from before.
 */
public final class TrainingFailedException extends RuntimeException {
  private final long step;
  private final List<String> sources;

  TrainingFailedException(long step, List<String> sources, String problem) {
    super("training step %d on %s: %s".formatted(step, sources, problem));
    this.step = step;
    this.sources = List.copyOf(sources);
  }

  TrainingFailedException(long step, List<String> sources, String problem, Throwable cause) {
    this(step, sources, problem);
    initCause(cause);
  }

  /** The step, counted from 0. */
  public long step() {
    return step;
  }

  /** Sources of the step's examples; empty where none had been drawn yet. */
  public List<String> sources() {
    return sources;
  }
}
