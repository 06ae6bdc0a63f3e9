package io.segue.model.train;

import io.segue.model.config.Processor;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.ConfigProto;

/**
 * Trains a network from examples to a complete model directory.
 *
 * <p>A run is a function of its job: the same seed, examples and options give the same batches, and
 * weights that differ only by the rounding of TensorFlow's threads. A run with a checkpoint
 * directory that is stopped at any moment and started again ends like an undisturbed one. A run
 * that fails or is cancelled leaves the output directory alone.
 */
public final class Trainer {
  private Trainer() {}

  /**
   * Runs a job to its end, on the calling thread.
   *
   * @return how it ended; the model directory is complete if it says so
   * @throws TrainingFailedException if the loss is no longer finite, a step fails or the examples
   *     cannot be read
   * @throws InterruptedException if the thread is interrupted; a checkpointed job can be resumed
   */
  public static TrainingResult train(TrainingJob job) throws InterruptedException {
    return train(job, MixedPrecision.config(job.options(), Processor.here()), step -> step);
  }

  /**
   * The same in a session with other settings, such as a single thread.
   *
   * @param steps takes the place of the graph's own updates
   */
  static TrainingResult train(
      TrainingJob job, ConfigProto config, UnaryOperator<TrainingStep> steps)
      throws InterruptedException {
    try (TrainingGraph graph = TrainingGraph.of(job.spec(), job.options(), config)) {
      TrainingRun run = new TrainingRun(job, graph, steps.apply(graph));
      TrainingResult result = run.toEnd();
      if (result.completed()) {
        run.export();
      }
      return result;
    }
  }
}
