package io.segue.deploy.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary directory for all files of a demo, deleted when it is closed. */
final class WorkDirectory implements AutoCloseable {
  private final Path root;

  WorkDirectory() throws IOException {
    root = Files.createTempDirectory("segue-demo-");
  }

  Path resolve(String name) {
    return root.resolve(name);
  }

  /** A sub-directory as Flink's file systems name it. */
  String uri(String name) {
    return root.resolve(name).toUri().toString();
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete the demo's files in " + root, e);
    }
  }
}
