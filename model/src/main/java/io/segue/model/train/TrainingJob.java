package io.segue.model.train;

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
 * @param examples what to learn from, passed through as often as needed
 * @param options how
 * @param outDir where the complete model directory is written
 * @param checkpointDir where the run saves itself and resumes from; empty: it does neither
 * @param listener hears of progress
 * @param cancelled asked after each step
 * @param pace clock and rest
 */
public record TrainingJob(
    ModelSpec spec,
    Optional<Path> parent,
    ExampleSource examples,
    TrainingOptions options,
    Path outDir,
    Optional<Path> checkpointDir,
    TrainingListener listener,
    BooleanSupplier cancelled,
    Pace pace) {

  /** A run from scratch, without checkpoints, that nobody listens to or cancels. */
  public static TrainingJob of(
      ModelSpec spec, ExampleSource examples, TrainingOptions options, Path outDir) {
    return new TrainingJob(
        spec,
        Optional.empty(),
        examples,
        options,
        outDir,
        Optional.empty(),
        TrainingListener.NONE,
        () -> false,
        Pace.SYSTEM);
  }

  /** Starts from the weights of a model directory. */
  public TrainingJob from(Path parentDir) {
    return new TrainingJob(
        spec,
        Optional.of(parentDir),
        examples,
        options,
        outDir,
        checkpointDir,
        listener,
        cancelled,
        pace);
  }

  /** Saves itself to a directory, and resumes from there if it holds a checkpoint of this run. */
  public TrainingJob checkpointedIn(Path directory) {
    return new TrainingJob(
        spec, parent, examples, options, outDir, Optional.of(directory), listener, cancelled, pace);
  }

  /** Reports progress. */
  public TrainingJob reportingTo(TrainingListener hearer) {
    return new TrainingJob(
        spec, parent, examples, options, outDir, checkpointDir, hearer, cancelled, pace);
  }

  /** Stops after the step in which {@code asked} becomes true. */
  public TrainingJob cancelledWhen(BooleanSupplier asked) {
    return new TrainingJob(
        spec, parent, examples, options, outDir, checkpointDir, listener, asked, pace);
  }

  /** Takes time and rest from elsewhere. */
  public TrainingJob pacedBy(Pace other) {
    return new TrainingJob(
        spec, parent, examples, options, outDir, checkpointDir, listener, cancelled, other);
  }
}
