package io.segue.operators.train;

import io.segue.connectors.registry.ModelRegistry;
import io.segue.connectors.registry.VersionManifest;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingResult;
import io.segue.operators.record.LocalFolders;
import io.segue.operators.replay.ReplayFolder;
import io.segue.operators.replay.ReplaySnapshot;
import io.segue.schemas.flow.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Trains from the weights of the parent version in the registry on the entries of the request's
 * manifests, and uploads the candidate. A candidate that is there from an earlier attempt is taken
 * as it is; a run that was broken off in this folder goes on from its last checkpoint.
 *
 * <p>There is one run at a time in a process: a job that restarts waits for the run of its last
 * attempt, which ends with the step that it is in.
 */
public final class RegistryTraining implements TrainRun {
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  private final ModelRegistry registry;
  private final ReplayFolder replay;
  private final TrainingRecipe recipe;

  /** Trains by this recipe. */
  public RegistryTraining(ModelRegistry registry, ReplayFolder replay, TrainingRecipe recipe) {
    this.registry = registry;
    this.replay = replay;
    this.recipe = recipe;
  }

  @Override
  public Candidate run(TrainRequest request, BooleanSupplier cancelled) throws Exception {
    ONE_AT_A_TIME.lockInterruptibly();
    try {
      return train(request, cancelled);
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private Candidate train(TrainRequest request, BooleanSupplier cancelled) throws Exception {
    String candidate = "candidate-" + request.getRequestId();
    if (registry.hasCandidate(candidate)) {
      return new Candidate(candidate, recipe.steps(), "trained in an earlier attempt");
    }
    Path folder = Path.of(recipe.workDir(), request.getRequestId());
    forgetOtherRuns(folder);
    ReplaySnapshot snapshot = ReplaySnapshot.of(request.getTraining());
    replay.writeSnapshot(request.getRequestId(), snapshot);
    Path trained = folder.resolve("model");
    TrainingResult result = Trainer.train(job(request, snapshot, folder, trained, cancelled));
    if (!result.completed()) {
      throw new CancellationException(
          "after %d of %d steps".formatted(result.steps(), recipe.steps()));
    }
    registry.uploadCandidate(candidate, trained);
    LocalFolders.delete(folder);
    return new Candidate(
        candidate,
        result.steps(),
        "%d steps on %d frames in %d s, loss %.3f"
            .formatted(
                result.steps(), snapshot.size(), result.wall().toSeconds(), result.lastLoss()));
  }

  private TrainingJob job(
      TrainRequest request,
      ReplaySnapshot snapshot,
      Path folder,
      Path trained,
      BooleanSupplier cancelled)
      throws IOException {
    Path parent = folder.resolve("parent");
    Files.createDirectories(folder);
    VersionManifest manifest =
        registry.fetch(request.getModel(), request.getParentVersion(), parent);
    return TrainingJob.of(manifest.spec(), snapshot::shuffled, recipe.options(), trained)
        .from(parent)
        .checkpointedIn(folder.resolve("checkpoints"))
        .cancelledWhen(cancelled);
  }

  /** Runs that were given up leave their folders; there is one run at a time. */
  private static void forgetOtherRuns(Path folder) throws IOException {
    Path workDir = folder.getParent();
    if (workDir == null || !Files.isDirectory(workDir)) {
      return;
    }
    List<Path> others;
    try (Stream<Path> runs = Files.list(workDir)) {
      others = runs.filter(run -> !run.equals(folder)).toList();
    }
    for (Path other : others) {
      LocalFolders.delete(other);
    }
  }
}
