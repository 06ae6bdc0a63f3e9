package io.segue.model.train;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.data.ExampleSource;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

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
    return with(copy -> copy.parent = Optional.of(parentDir));
  }

  /** Starts from these weights; the network's others get their first values by the seed. */
  public TrainingJob startingWith(Weights weights) {
    return with(copy -> copy.initial = Optional.of(weights));
  }

  /** Saves itself to a directory, and resumes from there if it holds a checkpoint of this run. */
  public TrainingJob checkpointedIn(Path directory) {
    return with(copy -> copy.checkpointDir = Optional.of(directory));
  }

  /** Reports progress. */
  public TrainingJob reportingTo(TrainingListener hearer) {
    return with(copy -> copy.listener = hearer);
  }

  /** Stops after the step in which {@code asked} becomes true. */
  public TrainingJob cancelledWhen(BooleanSupplier asked) {
    return with(copy -> copy.cancelled = asked);
  }

  /** Scores the network on the way. */
  public TrainingJob validatedBy(Validation scores) {
    return with(copy -> copy.validation = Optional.of(scores));
  }

  /** Takes time and rest from elsewhere. */
  public TrainingJob pacedBy(Pace other) {
    return with(copy -> copy.pace = other);
  }

  private TrainingJob with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return new TrainingJob(
        spec,
        copy.parent,
        copy.initial,
        examples,
        options,
        outDir,
        copy.checkpointDir,
        copy.listener,
        copy.cancelled,
        copy.validation,
        copy.pace);
  }

  /** What may be chosen after {@link #of}, while it is being changed. */
  private static final class Copy {
    private Optional<Path> parent;
    private Optional<Weights> initial;
    private Optional<Path> checkpointDir;
    private TrainingListener listener;
    private BooleanSupplier cancelled;
    private Optional<Validation> validation;
    private Pace pace;

    private Copy(TrainingJob job) {
      parent = job.parent;
      initial = job.initial;
      checkpointDir = job.checkpointDir;
      listener = job.listener;
      cancelled = job.cancelled;
      validation = job.validation;
      pace = job.pace;
    }
  }
}
