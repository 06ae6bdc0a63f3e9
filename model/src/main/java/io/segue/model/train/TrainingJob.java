package io.segue.model.train;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.data.ExampleSource;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One run of the {@link Trainer}.
 *
 * @param spec the network
 * @param parent model directory whose weights to start from; empty: from scratch
 * @param initial weights to start from in place of the parent's, of the whole network or a part of
 *     it; empty: none
 * @param examples what to learn from, passed through as often as needed
 * @param options how
 * @param outDir where the complete model directory is written
 * @param checkpointDir where the run saves itself and resumes from; empty: it does neither
 * @param listener hears of progress
 * @param cancelled asked after each step
 * @param validation scores on the way; empty: none
 * @param pace clock and rest
 */
public record TrainingJob(
    ModelSpec spec,
    Optional<Path> parent,
    Optional<Weights> initial,
    ExampleSource examples,
    TrainingOptions options,
    Path outDir,
    Optional<Path> checkpointDir,
    TrainingListener listener,
    BooleanSupplier cancelled,
    Optional<Validation> validation,
    Pace pace) {

  /** A run from scratch, without checkpoints, that nobody listens to, scores or cancels. */
  public static TrainingJob of(
      ModelSpec spec, ExampleSource examples, TrainingOptions options, Path outDir) {
    return new TrainingJob(
        spec,
        Optional.empty(),
        Optional.empty(),
        examples,
        options,
        outDir,
        Optional.empty(),
        TrainingListener.NONE,
        () -> false,
        Optional.empty(),
        Pace.SYSTEM);
  }

  /** Starts from the weights of a model directory. */
  public TrainingJob from(Path parentDir) {
    return new TrainingJob(
        spec,
        Optional.of(parentDir),
        initial,
        examples,
        options,
        outDir,
        checkpointDir,
        listener,
        cancelled,
        validation,
        pace);
  }

  /** Starts from these weights; the network's others get their first values by the seed. */
  public TrainingJob startingWith(Weights weights) {
    return new TrainingJob(
        spec,
        parent,
        Optional.of(weights),
        examples,
        options,
        outDir,
        checkpointDir,
        listener,
        cancelled,
        validation,
        pace);
  }

  /** Saves itself to a directory, and resumes from there if it holds a checkpoint of this run. */
  public TrainingJob checkpointedIn(Path directory) {
    return new TrainingJob(
        spec,
        parent,
        initial,
        examples,
        options,
        outDir,
        Optional.of(directory),
        listener,
        cancelled,
        validation,
        pace);
  }

  /** Reports progress. */
  public TrainingJob reportingTo(TrainingListener hearer) {
    return new TrainingJob(
        spec,
        parent,
        initial,
        examples,
        options,
        outDir,
        checkpointDir,
        hearer,
        cancelled,
        validation,
        pace);
  }

  /** Stops after the step in which {@code asked} becomes true. */
  public TrainingJob cancelledWhen(BooleanSupplier asked) {
    return new TrainingJob(
        spec,
        parent,
        initial,
        examples,
        options,
        outDir,
        checkpointDir,
        listener,
        asked,
        validation,
        pace);
  }

  /** Scores the network on the way. */
  public TrainingJob validatedBy(Validation scores) {
    return new TrainingJob(
        spec,
        parent,
        initial,
        examples,
        options,
        outDir,
        checkpointDir,
        listener,
        cancelled,
        Optional.of(scores),
        pace);
  }

  /** Takes time and rest from elsewhere. */
  public TrainingJob pacedBy(Pace other) {
    return new TrainingJob(
        spec,
        parent,
        initial,
        examples,
        options,
        outDir,
        checkpointDir,
        listener,
        cancelled,
        validation,
        other);
  }
}
