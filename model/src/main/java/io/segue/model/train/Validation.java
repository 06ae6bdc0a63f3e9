package io.segue.model.train;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Scores a network while it trains, keeps the best of its weights, and ends a run that no longer
 * gains.
 *
 * @param every steps between two scores, 1 or more; the last step is scored as well
 * @param scorer gives the figure
 * @param higherIsBetter whether a higher figure is the better one
 * @param bestDir where the model with the best weights is written when the run ends; empty: only
 *     the last weights are
 * @param patience scores without a better one after which the run ends; 0: never
 */
public record Validation(
    long every, Scorer scorer, boolean higherIsBetter, Optional<Path> bestDir, int patience) {

  /** Gives weights a figure; called on the training thread, which waits. */
  @FunctionalInterface
  public interface Scorer {
    /**
     * Scores a network.
     *
     * @param weights the network's, as an export would have them (averages where there are some)
     */
    double score(ModelSpec spec, Weights weights) throws InterruptedException;
  }

  /** Checks the ranges. */
  public Validation {
    if (every < 1 || patience < 0) {
      throw new IllegalArgumentException(
          "validation every %d steps with patience %d; they must be 1 or more and 0 or more"
              .formatted(every, patience));
    }
  }

  boolean isBetter(double score, double best) {
    return Double.isNaN(best) || (higherIsBetter ? score > best : score < best);
  }
}
