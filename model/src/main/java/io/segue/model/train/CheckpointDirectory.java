package io.segue.model.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The last checkpoint of a run: a TensorFlow checkpoint and the number of steps it was made after.
 * A new one takes the old one's place only when it is complete, so a failed save (a full disk)
 * leaves the old one valid.
 */
final class CheckpointDirectory {
  private static final String LATEST = "latest";
  private static final String PREFIX = "step-";

  private final Path directory;

  CheckpointDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Saves a step.
   *
   * @param variables writes them to a checkpoint of that path
   * @throws UncheckedIOException if that fails; the checkpoint before is then still the last one
   */
  void save(long step, Consumer<Path> variables) {
    try {
      Files.createDirectories(directory);
      write(step, variables);
      Path pending = directory.resolve(LATEST + ".pending");
      Files.writeString(pending, Long.toString(step));
      Files.move(
          pending,
          directory.resolve(LATEST),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      deleteAllBut(PREFIX + step);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "checkpoint of step %d in %s failed; the one before is kept".formatted(step, directory),
          e);
    }
  }

  private void write(long step, Consumer<Path> variables) throws IOException {
    try {
      variables.accept(directory.resolve(PREFIX + step));
    } catch (RuntimeException e) { // TensorFlow's exceptions share no other parent.
      delete(file -> file.startsWith(PREFIX + step + "."));
      throw new IOException(e);
    }
  }

  /**
   * Sets the graph's variables from the last checkpoint; returns its step, or empty without one.
   */
  OptionalLong restore(TrainingGraph graph) {
    Path latest = directory.resolve(LATEST);
    if (!Files.exists(latest)) {
      return OptionalLong.empty();
    }
    try {
      long step = Long.parseLong(Files.readString(latest).strip());
      graph.restore(directory.resolve(PREFIX + step));
      return OptionalLong.of(step);
    } catch (IOException e) {
      throw new UncheckedIOException("checkpoint in " + directory, e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "the checkpoint in %s is not one of this network and optimiser; use another directory"
              .formatted(directory),
          e);
    }
  }

  private void deleteAllBut(String name) throws IOException {
    delete(file -> file.startsWith(PREFIX) && !file.startsWith(name + "."));
  }

  private void delete(Predicate<String> which) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (which.test(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }
}
