package io.segue.operators.train;

import io.segue.connectors.registry.ModelRegistry;
import io.segue.connectors.registry.VersionManifest;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingResult;
import io.segue.operators.control.LiveVersions;
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
 * Trains from the weights of the version that is live when the run starts, on the entries of the
 * request's manifests, and uploads the candidate. A request may have waited while another version
 * went live, so the parent that it names counts only where nothing newer is known. A candidate of
 * the same parent that is there from an earlier attempt is taken as it is; a run that was broken
 * off in this folder goes on from its last checkpoint.
 *
 * <p>There is one run at a time in a process: a job that restarts waits for the run of its last
 * attempt, which ends with the step that it is in.
 */
public final class RegistryTraining implements TrainRun {
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  private final ModelRegistry registry;
  private final ReplayFolder replay;
  private final TrainingRecipe recipe;
  private final LiveVersions live;

  /** Trains by this recipe. */
  public RegistryTraining(
      ModelRegistry registry, ReplayFolder replay, TrainingRecipe recipe, LiveVersions live) {
    this.registry = registry;
    this.replay = replay;
    this.recipe = recipe;
    this.live = live;
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
    long parent = live.of(request.getModel()).orElse(request.getParentVersion());
    String run = "%s-from-%d".formatted(request.getRequestId(), parent);
    String candidate = "candidate-" + run;
    if (registry.hasCandidate(candidate)) {
      return new Candidate(candidate, parent, recipe.steps(), "trained in an earlier attempt");
    }
    Path folder = Path.of(recipe.workDir(), run);
    forgetOtherRuns(folder);
    ReplaySnapshot snapshot = ReplaySnapshot.of(request.getTraining());
    replay.writeSnapshot(request.getRequestId(), snapshot);
    Path trained = folder.resolve("model");
    TrainingResult result =
        Trainer.train(job(request.getModel(), parent, snapshot, folder, trained, cancelled));
    if (!result.completed()) {
      throw new CancellationException(
          "after %d of %d steps".formatted(result.steps(), recipe.steps()));
    }
    registry.uploadCandidate(candidate, trained);
    LocalFolders.delete(folder);
    return new Candidate(
        candidate,
        parent,
        result.steps(),
        "%d steps from version %d on %d frames in %d s, loss %.3f"
            .formatted(
                result.steps(),
                parent,
                snapshot.size(),
                result.wall().toSeconds(),
                result.lastLoss()));
  }

  private TrainingJob job(
      String model,
      long parent,
      ReplaySnapshot snapshot,
      Path folder,
      Path trained,
      BooleanSupplier cancelled)
      throws IOException {
    Path weights = folder.resolve("parent");
    Files.createDirectories(folder);
    VersionManifest manifest = registry.fetch(model, parent, weights);
    return TrainingJob.of(manifest.spec(), snapshot::shuffled, recipe.options(), trained)
        .from(weights)
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
