package io.segue.model.train;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.serve.ModelDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The scores of a run, and the weights that had the best one; both survive a resumed run. */
final class BestSoFar {
  private static final String STATE = "validation";
  private static final String PREFIX = "best-";

  private final Validation validation;
  private final ModelSpec spec;
  private final Optional<Path> directory;
  private Optional<Weights> weights = Optional.empty();
  private double score = Double.NaN;
  private long step;
  private long lastScored;
  private int misses;

  /** Takes up what an earlier run has left in {@code directory}. */
  BestSoFar(Validation validation, ModelSpec spec, Optional<Path> directory) {
    this.validation = validation;
    this.spec = spec;
    this.directory = directory;
    directory.filter(it -> Files.exists(it.resolve(STATE))).ifPresent(this::read);
  }

  private void read(Path from) {
    try {
      List<String> fields = List.of(Files.readString(from.resolve(STATE)).strip().split(" ", -1));
      score = Double.parseDouble(fields.get(0));
      step = Long.parseLong(fields.get(1));
      lastScored = Long.parseLong(fields.get(2));
      misses = Integer.parseInt(fields.get(3));
      weights = Optional.of(ModelDirectory.readWeights(from.resolve(PREFIX + step), spec));
    } catch (IOException e) {
      throw new UncheckedIOException("scores in " + from, e);
    }
  }

  /** Whether step {@code number} of {@code steps} is to be scored and was not yet. */
  boolean isDue(long number, long steps) {
    return number > lastScored && (number % validation.every() == 0 || number == steps);
  }

  /** Scores the weights after {@code number} steps. */
  double score(long number, Weights candidate) throws InterruptedException {
    double found = validation.scorer().score(spec, candidate);
    lastScored = number;
    if (validation.isBetter(found, score)) {
      score = found;
      step = number;
      misses = 0;
      weights = Optional.of(candidate);
    } else {
      misses++;
    }
    directory.ifPresent(this::write);
    return found;
  }

  private void write(Path to) {
    Path best = to.resolve(PREFIX + step);
    try {
      if (step == lastScored) {
        ModelDirectory.write(best, spec, weights.orElseThrow());
      }
      Path pending = to.resolve(STATE + ".pending");
      Files.writeString(pending, "%s %d %d %d".formatted(score, step, lastScored, misses));
      Files.move(
          pending,
          to.resolve(STATE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      deleteOthers(to, best);
    } catch (IOException e) {
      throw new UncheckedIOException("scores of step %d in %s".formatted(lastScored, to), e);
    }
  }

  private static void deleteOthers(Path in, Path kept) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      for (Path old :
          files
              .filter(file -> file.getFileName().toString().startsWith(PREFIX))
              .filter(file -> !file.equals(kept))
              .toList()) {
        try (Stream<Path> tree = Files.walk(old)) {
          for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    }
  }

  boolean patienceIsOver() {
    return validation.patience() > 0 && misses >= validation.patience();
  }

  /** Writes the model with the best weights, where it is asked for and there are any. */
  void export() {
    if (validation.bestDir().isPresent() && weights.isPresent()) {
      ModelDirectory.write(validation.bestDir().get(), spec, weights.get());
    }
  }

  /** The best score and its step, if anything was scored. */
  Optional<TrainingResult.Best> best() {
    return Double.isNaN(score)
        ? Optional.empty()
        : Optional.of(new TrainingResult.Best(step, score));
  }
}
