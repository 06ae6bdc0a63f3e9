package io.segue.deploy.bench.bare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary directory for what a measurement writes, deleted when it is closed. */
public final class ScratchDirectory implements AutoCloseable {
  private final Path root;

  /** Makes the directory. */
  public ScratchDirectory() throws IOException {
    root = Files.createTempDirectory("segue-bench-");
  }

  /** The directory. */
  public Path path() {
    return root;
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete the measurement's files in " + root, e);
    }
  }
}
